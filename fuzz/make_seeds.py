#!/usr/bin/env python3
"""Writes the seeds of both targets to corpus/: what an input means is said in the targets."""

import pathlib

HERE = pathlib.Path(__file__).parent

# The calls in the table's order (src/calls/preview1.hpp).
CALLS = """args_get args_sizes_get environ_get environ_sizes_get clock_res_get clock_time_get
fd_advise fd_allocate fd_close fd_datasync fd_fdstat_get fd_fdstat_set_flags fd_fdstat_set_rights
fd_filestat_get fd_filestat_set_size fd_filestat_set_times fd_pread fd_prestat_get
fd_prestat_dir_name fd_pwrite fd_read fd_readdir fd_renumber fd_seek fd_sync fd_tell fd_write
path_create_directory path_filestat_get path_filestat_set_times path_link path_open path_readlink
path_remove_directory path_rename path_symlink path_unlink_file poll_oneoff proc_exit proc_raise
sched_yield random_get sock_accept sock_recv sock_send sock_shutdown""".split()


def number(value):
    """A small number, as an argument."""
    return bytes([0, value])


def rights(value):
    return bytes([4]) + value.to_bytes(8, "little")


def image(offset):
    """An address in the image that stands at the end of an input."""
    return bytes([1]) + offset.to_bytes(2, "little")


def call(name, *arguments):
    return bytes([CALLS.index(name)]) + b"".join(arguments)


# The image: an iovec at 0 (16 bytes at 1056), names from 32 on, room for results from 256 on.
IMAGE = bytearray(400)
IMAGE[0:8] = (1024 + 32).to_bytes(4, "little") + (16).to_bytes(4, "little")
IMAGE[32:80] = b"file\0new\0dir/deep\0link\0up\0..\0dir/../file\0".ljust(48, b"\0")
FILE, NEW, DEEP, LINK, UP = 32, 37, 41, 50, 55
IMAGE[128 + 8] = 1  # a subscription at 128: reading from 0
IMAGE[176 + 16] = 1  # one at 176: the monotonic clock, at once
OUT = image(256)
IOVEC = image(0) + number(1)


def path(offset, length):
    return image(offset) + number(length)


def opening(directory, offset, length, oflags, base):
    return call("path_open", number(directory), number(1), path(offset, length), number(oflags),
                rights(base), rights(0), number(0), OUT)


PROGRAMS = {
    "args": [call("args_sizes_get", OUT, image(260)), call("args_get", image(264), image(300)),
             call("environ_sizes_get", OUT, image(260)), call("environ_get", image(264), image(300))],
    "clocks": [call("clock_res_get", number(1), OUT), call("clock_time_get", number(2), rights(0), OUT),
               call("sched_yield"), call("random_get", image(256), number(64))],
    "stdio": [call("fd_read", number(0), IOVEC, OUT), call("fd_write", number(1), IOVEC, OUT),
              call("fd_fdstat_set_flags", number(0), number(4)),
              call("fd_read", number(0), IOVEC, OUT)],
    "file": [opening(3, FILE, 4, 0, 0x42), call("fd_read", number(7), IOVEC, OUT),
             call("fd_seek", number(7), number(0), number(2), OUT),
             call("fd_write", number(7), IOVEC, OUT), call("fd_tell", number(7), OUT),
             call("fd_filestat_set_size", number(7), number(3)),
             call("fd_filestat_get", number(7), OUT), call("fd_sync", number(7)),
             call("fd_close", number(7))],
    "positioned": [opening(3, NEW, 3, 1, 0x42), call("fd_pwrite", number(7), IOVEC, number(9), OUT),
                   call("fd_pread", number(7), IOVEC, number(0), OUT),
                   call("fd_allocate", number(7), number(0), number(99)),
                   call("fd_advise", number(7), number(0), number(0), number(3)),
                   call("fd_datasync", number(7)),
                   call("fd_filestat_set_times", number(7), number(1), number(2), number(5))],
    "listing": [call("fd_readdir", number(3), image(256), number(100), number(0), OUT),
                call("fd_readdir", number(3), image(256), number(30), number(2), OUT)],
    "names": [call("path_create_directory", number(3), path(NEW, 3)),
              call("path_rename", number(3), path(NEW, 3), number(3), path(DEEP, 8)),
              call("path_symlink", path(FILE, 4), number(3), path(NEW, 3)),
              call("path_readlink", number(3), path(NEW, 3), image(256), number(20), OUT),
              call("path_link", number(3), number(0), path(FILE, 4), number(3), path(DEEP, 8)),
              call("path_unlink_file", number(3), path(NEW, 3)),
              call("path_remove_directory", number(3), path(DEEP, 8))],
    "escapes": [call("path_filestat_get", number(3), number(1), path(UP, 2), OUT),
                opening(3, UP, 2, 8, 0x42), opening(3, 58, 2, 0, 0)],
    "read_only": [opening(4, FILE, 4, 8, 0x42), call("path_unlink_file", number(4), path(FILE, 4)),
                  call("path_link", number(4), number(0), path(FILE, 4), number(3), path(NEW, 3)),
                  call("path_filestat_set_times", number(4), number(1), path(LINK, 4), number(1),
                       number(2), number(5)), opening(4, FILE, 4, 0, 2),
                  call("fd_filestat_set_times", number(7), number(1), number(2), number(5))],
    "numbers": [call("fd_prestat_get", number(3), OUT),
                call("fd_prestat_dir_name", number(3), image(256), number(1)),
                call("fd_fdstat_get", number(3), OUT),
                call("fd_fdstat_set_rights", number(3), rights(0x6000), rights(2)),
                call("fd_renumber", number(3), number(4)), call("fd_close", number(4))],
    "poll": [call("poll_oneoff", image(128), image(256), number(1), image(320)),
             call("poll_oneoff", image(176), image(256), number(1), image(320))],
    "sockets": [call("sock_recv", number(5), IOVEC, number(1), OUT, image(260)),
                call("sock_send", number(5), IOVEC, number(0), OUT),
                call("sock_shutdown", number(5), number(2)),
                call("fd_fdstat_set_flags", number(6), number(4)),
                call("sock_accept", number(6), number(4), OUT)],
    "blocked": [call("sock_accept", number(6), number(0), OUT)],
    "exit": [call("proc_raise", number(17)), call("proc_exit", number(3))],
    "outside": [call("fd_read", number(0), bytes([2, 3]), number(1), OUT),
                call("random_get", bytes([6, 0]), bytes([6, 0]))],
}

WORDS = """.. . / // a b file l1 l2 l3 none ../ ../../ out in secret /etc/passwd /proc/self/root a/b
./ a/.. l1/ b/ l2/ l3/ file/ new new/ ../in/ ../out/secret deep x""".split()


def text(*words):
    return b"".join(bytes([WORDS.index(w)]) if w in WORDS else w.encode() for w in words)


# name: operation, flags (1 follow, 2 read, 4 write, 8 read-only), oflags, five texts
PATHS = {
    "stat_up": (0, 1, 0, [text("../", "secret"), b"", b"", text("l1"), b""]),
    "stat_through": (0, 1, 0, [text("a/b"), b"", b"", text("l1/", "deep"), b""]),
    "stat_back_in": (0, 1, 0, [b"", b"", b"", text("../in/", "file"), b""]),
    "loop": (0, 1, 0, [text("a", "/", "l2"), text("../", "l1"), b"", text("l1"), b""]),
    "absolute": (9, 3, 0, [text("/etc/passwd"), b"", b"", text("l1"), b""]),
    "magic": (9, 3, 0, [text("/proc/self/root"), b"", b"", text("l1/", "file"), b""]),
    "create_over_link": (9, 5, 1, [text("none"), b"", b"", text("l1"), b""]),
    "create_outside": (9, 5, 9, [text("../", "out", "/", "new"), b"", b"", text("l1"), b""]),
    "truncate": (9, 4, 8, [b"", text("../", "file"), b"", text("a", "/", "l2"), b""]),
    "inner_escape": (9, 3, 2, [b"", b"", b"", text("a/b"), text("../", "file")]),
    "mkdir_slash": (3, 0, 0, [b"", b"", b"", text("new/"), b""]),
    "rmdir_dot": (4, 0, 0, [b"", b"", b"", text("a/b", "/", "."), b""]),
    "unlink_slash": (5, 0, 0, [b"", b"", b"", text("file/"), b""]),
    "symlink_slash": (6, 0, 0, [b"", b"", b"", text("l1/"), b""]),
    "rename_into_itself": (7, 0, 0, [b"", b"", b"", text("a"), text("a/b", "/", "new")]),
    "rename_out": (7, 0, 0, [text(".."), b"", b"", text("file"), text("l1/", "new")]),
    "link_follow": (8, 1, 0, [text("../../", "x"), b"", b"", text("l1"), text("new")]),
    "times_read_only": (2, 9, 0, [b"", text("../", "file"), b"", text("a", "/", "l2"), b""]),
    "readlink": (1, 0, 0, [text("../out/secret"), b"", b"", text("l1"), b""]),
    "deep_link": (0, 1, 0, [b"", b"", text("../../", "../", "secret"), text("a/b", "/", "l3"), b""]),
}


def main():
    for name, calls in PROGRAMS.items():
        program = b"".join(calls)
        program += b"\xff" * (-len(program) % 4)
        for settings in (0, 3, 6):
            if settings == 3 and any(c[0] >= CALLS.index("sock_accept") for c in calls):
                continue  # snapshot 0 lacks a call there, so the numbers after it mean others
            data = bytes([settings, len(program) // 4]) + program + bytes(IMAGE)
            (HERE / "corpus" / "calls" / f"{name}-{settings}").write_bytes(data)
    for name, (operation, flags, oflags, texts) in PATHS.items():
        data = bytes([operation, flags, oflags]) + b"\xff".join(texts)
        (HERE / "corpus" / "path" / name).write_bytes(data)


if __name__ == "__main__":
    main()
