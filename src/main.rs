//! The binary: calls the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    countersign::cli::main()
}
