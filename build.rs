//! What is built into the binary besides Rust: cargo looks at these folders only when told to.

fn main() {
    for folder in ["sql/migrations", "sql/rollback"] {
        println!("cargo:rerun-if-changed={folder}");
    }
    // The console is built by npm. Without it there is an empty folder, so that the server builds alone.
    std::fs::create_dir_all("web/dist").expect("the source tree can be written to");
    println!("cargo:rerun-if-changed=web/dist");
}
