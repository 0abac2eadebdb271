// case: exit
// arg: exit
// exit: 42
// stdout: before\n
// case: panic
// arg: panic
// exit: 134
// stderr: on purpose
// case: error
// arg: error
// exit: 1
// stderr: a failed main
// case: main
// arg: main
// exit: 0
// case: thread
// arg: thread
// exit: 0
//
// endings - the ways in which a Rust program ends.
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    match std::env::args().nth(1).as_deref() {
        Some("exit") => {
            println!("before");
            std::process::exit(42)
        }
        Some("panic") => panic!("on purpose"),
        Some("error") => Err("a failed main".into()),
        Some("thread") => {
            // Without threads a program is told so and goes on.
            assert!(std::thread::Builder::new().spawn(|| ()).is_err());
            Ok(())
        }
        _ => Ok(()),
    }
}
