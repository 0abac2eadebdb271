// run: --dir {scratch}::/ --env A=1
// arg: one
// stdout: ok\n
//
// files - what package os does on top of Preview 1, and sleeping in several goroutines at once.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

var failures int

func check(holds bool, format string, args ...any) {
	if !holds {
		failures++
		fmt.Fprintf(os.Stderr, format+"\n", args...)
	}
}

func ok(err error) { check(err == nil, "unexpected: %v", err) }

func files() {
	ok(os.WriteFile("/file", []byte("0123456789"), 0o666))
	data, err := os.ReadFile("/file")
	ok(err)
	check(string(data) == "0123456789", "read %q", data)

	file, err := os.OpenFile("/file", os.O_RDWR, 0)
	ok(err)
	_, err = file.Seek(-3, io.SeekEnd)
	ok(err)
	_, err = file.WriteString("abc")
	ok(err)
	buffer := make([]byte, 4)
	_, err = file.ReadAt(buffer, 5)
	ok(err)
	check(string(buffer) == "56ab", "read %q", buffer)
	_, err = file.WriteAt([]byte("X"), 0)
	ok(err)
	ok(file.Truncate(5))
	ok(file.Sync())
	info, err := file.Stat()
	ok(err)
	check(info.Size() == 5 && info.Mode().IsRegular(), "stat %v", info)
	ok(file.Close())

	file, err = os.OpenFile("/file", os.O_APPEND|os.O_WRONLY, 0)
	ok(err)
	_, err = file.WriteString("!")
	ok(err)
	ok(file.Close())
	data, err = os.ReadFile("/file")
	ok(err)
	check(string(data) == "X1234!", "read %q", data)

	then := time.Unix(1234567890, 123456789)
	ok(os.Chtimes("/file", then, then))
	info, err = os.Stat("/file")
	ok(err)
	check(info.ModTime().Equal(then), "mtime %v", info.ModTime())

	_, err = os.OpenFile("/file", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	check(errors.Is(err, fs.ErrExist), "exclusive: %v", err)
	_, err = os.Open("/none")
	check(errors.Is(err, fs.ErrNotExist), "missing: %v", err)
}

func directories() {
	ok(os.MkdirAll("/tree/a/b", 0o777))
	for i := 0; i < 100; i++ {
		ok(os.WriteFile(fmt.Sprintf("/tree/a/b/f%02d", i), nil, 0o666))
	}
	entries, err := os.ReadDir("/tree/a/b")
	ok(err)
	check(len(entries) == 100 && entries[7].Name() == "f07", "%d entries", len(entries))
	count := 0
	ok(filepath.WalkDir("/tree", func(string, fs.DirEntry, error) error {
		count++
		return nil
	}))
	check(count == 103, "walked %d", count)

	// A directory opened without saying so: the runtime retries after EISDIR.
	dir, err := os.OpenFile("/tree", os.O_RDONLY, 0)
	ok(err)
	names, err := dir.Readdirnames(-1)
	ok(err)
	check(len(names) == 1, "names %v", names)
	_, err = dir.Seek(0, io.SeekStart)
	ok(err)
	names, err = dir.Readdirnames(-1)
	ok(err)
	check(len(names) == 1, "names %v", names)
	ok(dir.Close())

	ok(os.Rename("/tree/a", "/tree/c"))
	ok(os.Symlink("c/b", "/tree/link"))
	target, err := os.Readlink("/tree/link")
	ok(err)
	check(target == "c/b", "target %q", target)
	info, err := os.Lstat("/tree/link")
	ok(err)
	check(info.Mode()&fs.ModeSymlink != 0, "mode %v", info.Mode())
	_, err = os.Stat("/tree/link/f07")
	ok(err)
	ok(os.Link("/file", "/tree/hard"))
	one, err := os.Stat("/file")
	ok(err)
	two, err := os.Stat("/tree/hard")
	ok(err)
	check(os.SameFile(one, two), "a hard link is another file")
	check(os.Remove("/tree") != nil, "removed a full directory")
	ok(os.RemoveAll("/tree"))
	_, err = os.Stat("/tree")
	check(errors.Is(err, fs.ErrNotExist), "still there: %v", err)

	ok(os.Symlink("../outside", "/leaves"))
	_, err = os.ReadDir("/leaves")
	check(errors.Is(err, fs.ErrPermission), "left: %v", err)
}

func sleeping() {
	start := time.Now()
	var group sync.WaitGroup
	for i := 1; i <= 20; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			time.Sleep(50 * time.Millisecond)
		}()
	}
	group.Wait()
	took := time.Since(start)
	check(took >= 50*time.Millisecond && took < 900*time.Millisecond, "slept %v", took)
	select {
	case <-time.After(10 * time.Millisecond):
	case <-make(chan int):
	}
}

func main() {
	check(len(os.Args) == 2 && os.Args[1] == "one", "args %v", os.Args)
	check(os.Getenv("A") == "1" && len(os.Environ()) == 1, "environ %v", os.Environ())
	files()
	directories()
	sleeping()
	large := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	ok(os.WriteFile("/large", large, 0o666))
	data, err := os.ReadFile("/large")
	ok(err)
	check(bytes.Equal(data, large), "large file differs")
	if failures > 0 {
		os.Exit(1)
	}
	fmt.Println("ok")
}
