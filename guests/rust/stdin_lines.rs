// case: text
// stdin: one\ntwo\nthree
// stdout: 3: one+two+three\n
// case: nothing
// stdout: 0: \n
//
// stdin_lines - standard input by lines, to its end.
use std::io::{self, BufRead};

fn main() -> io::Result<()> {
    let lines = io::stdin().lock().lines().collect::<io::Result<Vec<_>>>()?;
    println!("{}: {}", lines.len(), lines.join("+"));
    Ok(())
}
