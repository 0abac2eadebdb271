"""What ./dev demo runs inside Limen: CPython working on a real folder.

It was granted two folders of the host: /work to read and write, /app (where this file is) to
read only. The first half is ordinary work with real files. The second half tries to reach what
was not granted. Every line says whether the step was allowed or refused; the program ends with 1
when a step went otherwise than it must.
"""

import errno
import os
import sqlite3
import sys
import zipfile

WORK = "/work"
APP = "/app"

surprises = 0


def line(verdict, what, detail, expected=True):
    global surprises
    mark = "" if expected else "   <-- NOT AS IT MUST BE"
    surprises += not expected
    print(f"  {verdict}  {what:<50} {detail}{mark}", flush=True)


def allowed(what, action):
    """Runs a step that must work; its result is the line's detail."""
    try:
        line("allowed", what, action())
    except (OSError, sqlite3.Error, zipfile.BadZipFile) as error:
        line("REFUSED", what, error, expected=False)


def refused(what, answers, action):
    """Runs a step that must fail with one of these error numbers: another failure is no refusal."""
    try:
        line("ALLOWED", what, repr(action())[:40], expected=False)
    except OSError as error:
        name = errno.errorcode.get(error.errno, str(error.errno))
        line("refused", what, name, expected=name in answers.split())


def text_files():
    for folder, _, names in os.walk(f"{WORK}/notes"):
        for name in sorted(names):
            yield os.path.join(folder, name)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        return file.write(text)


# What must be allowed.


def walk():
    paths = list(text_files())
    size = sum(os.stat(path).st_size for path in paths)
    return f"{len(paths)} files, {size} bytes"


def read_own_source():
    return f"{len(read(f'{APP}/demo.py'))} characters"


def fill_database():
    with sqlite3.connect(f"{WORK}/words.db") as database:
        database.execute("CREATE TABLE word (file TEXT, text TEXT)")
        for path in text_files():
            words = ((path, word.strip(".,:;").lower()) for word in read(path).split())
            database.executemany("INSERT INTO word VALUES (?, ?)", words)
        count = database.execute("SELECT count(*) FROM word").fetchone()[0]
    database.close()
    return f"{count} rows, {os.path.getsize(f'{WORK}/words.db')} bytes"


def query_database():
    database = sqlite3.connect(f"{WORK}/words.db")
    rows = database.execute(
        "SELECT text FROM word GROUP BY text ORDER BY length(text) DESC, text LIMIT 3"
    ).fetchall()
    database.close()
    return ", ".join(text for (text,) in rows)


def make_zip():
    with zipfile.ZipFile(f"{WORK}/notes.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in text_files():
            archive.write(path, os.path.relpath(path, WORK))
    with zipfile.ZipFile(f"{WORK}/notes.zip") as archive:
        bad = archive.testzip()
        if bad:
            raise zipfile.BadZipFile(bad)
        return f"{len(archive.namelist())} files, {os.path.getsize(f'{WORK}/notes.zip')} bytes"


def rename():
    os.makedirs(f"{WORK}/done/today")
    os.rename(f"{WORK}/notes/draft.txt", f"{WORK}/done/today/final.txt")
    return ", ".join(os.listdir(f"{WORK}/done/today"))


def remove():
    os.remove(f"{WORK}/notes/old/scrap.txt")
    os.rmdir(f"{WORK}/notes/old")
    return ", ".join(sorted(os.listdir(f"{WORK}/notes")))


def link_inside():
    os.symlink("done/today/final.txt", f"{WORK}/latest")
    return f"{len(read(f'{WORK}/latest'))} characters by way of latest"


# What must be refused.


def through_new_link(target):
    os.symlink(target, f"{WORK}/way-out")
    try:
        return read(f"{WORK}/way-out")
    finally:
        os.remove(f"{WORK}/way-out")


def main():
    print(f"Python {sys.version.split()[0]} on {sys.platform}, SQLite {sqlite3.sqlite_version}")
    print(f"environment: {', '.join(f'{k}={v}' for k, v in os.environ.items()) or 'empty'}")

    print("\nWork in the granted folders:")
    allowed("walk /work/notes", walk)
    allowed("read /app/demo.py (read-only grant)", read_own_source)
    allowed("write a SQLite database: /work/words.db", fill_database)
    allowed("query it: the longest words", query_database)
    allowed("zip the notes: /work/notes.zip", make_zip)
    allowed("make folders, move a file into them", rename)
    allowed("remove a file and its folder", remove)
    allowed("follow a link that stays inside", link_inside)

    print("\nAttempts to get out:")
    refused("read /etc/passwd", "ENOENT", lambda: read("/etc/passwd"))
    refused("list /", "ENOENT", lambda: os.listdir("/"))
    refused("read /work/../secret.txt", "EPERM", lambda: read(f"{WORK}/../secret.txt"))
    refused("list /work/../..", "EPERM", lambda: os.listdir(f"{WORK}/../.."))
    refused("read /work/notes/../../../../etc/passwd", "EPERM",
            lambda: read(f"{WORK}/notes/../../../../etc/passwd"))
    refused("read through the host's link to an absolute path", "EPERM",
            lambda: read(f"{WORK}/shortcut"))
    refused("read through the host's link with ..", "EPERM", lambda: read(f"{WORK}/upwards"))
    refused("write through the host's link", "EPERM", lambda: write(f"{WORK}/shortcut", "gone"))
    refused("make a link to /etc/passwd", "EPERM", lambda: through_new_link("/etc/passwd"))
    refused("make a link to ../secret.txt and read it", "EPERM",
            lambda: through_new_link("../secret.txt"))
    refused("move a file out", "EPERM",
            lambda: os.rename(f"{WORK}/words.db", f"{WORK}/../words.db"))
    refused("change a read-only file", "EROFS", lambda: write(f"{APP}/demo.py", "changed"))
    refused("make a file in the read-only folder", "EROFS", lambda: write(f"{APP}/new.txt", "new"))
    refused("remove a read-only file", "EROFS", lambda: os.remove(f"{APP}/demo.py"))
    refused("set the times of a read-only file", "EROFS",
            lambda: os.utime(f"{APP}/demo.py", (0, 0)))
    refused("move a read-only file to /work", "EROFS EXDEV",
            lambda: os.rename(f"{APP}/demo.py", f"{WORK}/demo.py"))
    refused("link a read-only file into /work", "EROFS EXDEV",
            lambda: os.link(f"{APP}/demo.py", f"{WORK}/demo.py"))

    print()
    if surprises:
        print(f"{surprises} step(s) went otherwise than they must.")
        return 1
    print("Every step went as it must.")
    return 0


sys.exit(main())
