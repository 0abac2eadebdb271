// run: --dir {scratch}::/ --env HOME=/
// arg: first
// arg: second word
//
// files - what std::fs, std::env and std::process::exit do on top of Preview 1: trees made, walked and
// removed, links, times, long names.
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::wasi::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

const NOTEMPTY: i32 = 55;

/// All files below `dir` with their sizes.
fn walk(dir: &Path, into: &mut BTreeMap<PathBuf, u64>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        assert_eq!(kind, fs::symlink_metadata(entry.path())?.file_type());
        if kind.is_dir() {
            walk(&entry.path(), into)?;
        } else {
            into.insert(entry.path(), entry.metadata()?.len());
        }
    }
    Ok(())
}

fn trees() -> io::Result<()> {
    fs::create_dir_all("/tree/a/b/c/d")?;
    fs::create_dir_all("/tree/a/b/c/d")?;
    for i in 0..50 {
        fs::write(format!("/tree/a/file-{i}"), vec![b'x'; i])?;
        fs::write(
            format!("/tree/a/b/c/d/{}-{i}", "long-name-".repeat(20)),
            "deep",
        )?;
    }
    let mut found = BTreeMap::new();
    walk(Path::new("/tree"), &mut found)?;
    assert_eq!(found.len(), 100);
    assert_eq!(found[Path::new("/tree/a/file-49")], 49);

    // A link to a directory is removed as a link.
    fs::create_dir("/kept")?;
    fs::write("/kept/precious", "precious")?;
    link("../../kept", "/tree/a/link")?;
    assert_eq!(fs::read_link("/tree/a/link")?, Path::new("../../kept"));
    assert!(fs::symlink_metadata("/tree/a/link")?
        .file_type()
        .is_symlink());
    assert!(fs::metadata("/tree/a/link")?.is_dir());
    // std has no kind for it on WASI.
    assert_eq!(
        fs::remove_dir("/tree").unwrap_err().raw_os_error(),
        Some(NOTEMPTY)
    );
    fs::remove_dir_all("/tree")?;
    assert!(!Path::new("/tree").exists());
    assert_eq!(fs::read_to_string("/kept/precious")?, "precious");
    Ok(())
}

/// std's own symlink is not stable for WASI, but the older soft_link is.
#[allow(deprecated)]
fn link(target: &str, path: &str) -> io::Result<()> {
    fs::soft_link(target, path)
}

fn files() -> io::Result<()> {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .open("/file")?;
    assert_eq!(
        File::create_new("/file").unwrap_err().kind(),
        ErrorKind::AlreadyExists
    );
    file.write_all(b"hello, world")?;
    file.seek(SeekFrom::Start(7))?;
    let mut rest = String::new();
    file.read_to_string(&mut rest)?;
    assert_eq!(rest, "world");
    file.set_len(5)?;
    file.sync_all()?;
    OpenOptions::new()
        .append(true)
        .open("/file")?
        .write_all(b"!")?;
    assert_eq!(fs::read_to_string("/file")?, "hello!");

    fs::hard_link("/file", "/hard")?;
    fs::rename("/file", "/renamed")?;
    assert_eq!(fs::read("/hard")?, fs::read("/renamed")?);
    assert_eq!(fs::copy("/hard", "/copy")?, 6);
    fs::remove_file("/hard")?;
    assert_eq!(
        fs::metadata("/hard").unwrap_err().kind(),
        ErrorKind::NotFound
    );

    let time = SystemTime::UNIX_EPOCH + Duration::new(1_234_567_890, 123_456_789);
    let copy = File::open("/copy")?;
    copy.set_times(fs::FileTimes::new().set_modified(time).set_accessed(time))?;
    let metadata = copy.metadata()?;
    assert_eq!(metadata.modified()?, time);
    assert_eq!(metadata.accessed()?, time);
    assert_eq!(fs::metadata("/copy")?.modified()?, time);

    // Outside is PermissionDenied and nothing else.
    link("../../etc", "/leaves")?;
    assert_eq!(
        fs::read_dir("/leaves").err().map(|e| e.kind()),
        Some(ErrorKind::PermissionDenied)
    );
    assert_eq!(
        fs::read("/../etc/hostname").err().map(|e| e.kind()),
        Some(ErrorKind::PermissionDenied)
    );
    Ok(())
}

fn lines() -> io::Result<()> {
    let mut file = io::BufWriter::new(File::create("/lines")?);
    for i in 0..10_000 {
        writeln!(file, "line {i}")?;
    }
    file.into_inner()?.sync_data()?;
    let read = BufReader::new(File::open("/lines")?)
        .lines()
        .collect::<io::Result<Vec<_>>>()?;
    assert_eq!(read.len(), 10_000);
    assert_eq!(read[9_999], "line 9999");
    Ok(())
}

fn surroundings() {
    let args: Vec<_> = std::env::args_os().skip(1).collect();
    assert_eq!(args, ["first", "second word"]);
    assert_eq!(args[1].as_bytes().len(), 11);
    assert_eq!(
        std::env::vars().collect::<Vec<_>>(),
        [("HOME".to_string(), "/".to_string())]
    );

    let start = Instant::now();
    std::thread::sleep(Duration::from_millis(30));
    let slept = start.elapsed();
    assert!(
        slept >= Duration::from_millis(30) && slept < Duration::from_secs(5),
        "{slept:?}"
    );
    assert!(SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .is_ok());

    // Keyed by random_get.
    let map: HashMap<u32, u32> = (0..1000).map(|i| (i, i * i)).collect();
    assert_eq!(map[&31], 961);
}

fn main() -> io::Result<()> {
    trees()?;
    files()?;
    lines()?;
    surroundings();
    Ok(())
}
