//! `completions` and `man`: what a packager puts beside the binary, made from the command line itself and so never behind it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Command};
use clap_complete::Shell;
use clap_mangen::Man;
use serde_json::json;

use super::print;

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// For which shell.
    shell: Shell,
}

#[derive(Debug, Args)]
pub(super) struct Pages {
    /// Where to write them; made if it is not there.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(super) fn completions(mut command: Command, args: &Completions) -> anyhow::Result<()> {
    let name = command.get_name().to_owned();
    // By way of a buffer: who reads our output may stop in the middle.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    let mut out = io::stdout().lock();
    Ok(io::Write::write_all(&mut out, &script)?)
}

/// A page for the program and one for each command, however deep, as `countersign-user-add.1`.
pub(super) fn man(command: Command, args: &Pages) -> anyhow::Result<()> {
    let folder = args.folder.as_path();
    fs::create_dir_all(folder).with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    page(&command, folder, &mut pages).with_context(|| format!("a page could not be written into {}", folder.display()))?;
    print(&json!({ "folder": folder, "pages": pages }))
}

fn page(command: &Command, folder: &Path, pages: &mut Vec<String>) -> io::Result<()> {
    let source = concat!("countersign ", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command.clone()).source(source).manual("Countersign");
    pages.push(man.get_filename());
    man.generate_to(folder)?;
    command.get_subcommands().try_for_each(|below| page(below, folder, pages))
}
