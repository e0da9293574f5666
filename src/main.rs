//! The program: everything is in the library, so that tests and benchmarks use the same code.

fn main() -> std::process::ExitCode {
    passerelle::cli::main()
}
