//! `completions` and `man`: the shell completions and manual pages, generated from the command line itself, so that they always
//! match it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Arg, ArgAction, Args, Command};
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};
use serde_json::json;

use super::print;

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell.
    shell: Shell,
}

#[derive(Debug, Args)]
pub(super) struct Pages {
    /// The folder to write them into; created if missing.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(super) fn completions(mut command: Command, args: &Completions) -> anyhow::Result<()> {
    let name = command.get_name().to_owned();
    // Buffered, because a reader of our output may close it early and clap panics then.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    let mut out = io::stdout().lock();
    Ok(io::Write::write_all(&mut out, &script)?)
}

/// Writes a page for the program and one for each command at any depth, like `countersign-user-add.1`.
pub(super) fn man(command: Command, args: &Pages) -> anyhow::Result<()> {
    let folder = args.folder.as_path();
    fs::create_dir_all(folder).with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    page(&command, &[], folder, &mut pages).with_context(|| format!("a page could not be written into {}", folder.display()))?;
    print(&json!({ "folder": folder, "pages": pages }))
}

fn page(command: &Command, above: &[String], folder: &Path, pages: &mut Vec<String>) -> io::Result<()> {
    let source = concat!("countersign ", env!("CARGO_PKG_VERSION"));
    let shown = command.clone().override_usage(synopsis(command)).subcommand_help_heading("COMMANDS");
    let man = Man::new(shown).source(source).manual("Countersign");
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut text)?;
    }
    if let Some(afterword) = command.get_after_help() {
        section("NOTES", &afterword.to_string()).to_writer(&mut text)?;
    }
    if !above.is_empty() {
        section("SEE ALSO", &above.join(", ")).to_writer(&mut text)?;
    }
    fs::write(folder.join(man.get_filename()), text)?;
    pages.push(man.get_filename());
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    let above = [&[format!("{name}(1)")], above].concat();
    command.get_subcommands().try_for_each(|below| page(below, &above, folder, pages))
}

/// A command's synopsis: each option with its value, without the options that every command has.
fn synopsis(command: &Command) -> String {
    let mut words = vec![command.get_bin_name().unwrap_or_else(|| command.get_name()).to_owned()];
    let is_everywhere = |argument: &Arg| ["help", "version"].contains(&argument.get_id().as_str());
    let options = command.get_arguments().filter(|argument| !argument.is_positional() && !is_everywhere(argument));
    for argument in options.chain(command.get_positionals()) {
        let more = if matches!(argument.get_action(), ArgAction::Append) { "..." } else { "" };
        let is_said = argument.is_required_set() || argument.is_positional();
        words.push(if is_said { format!("{argument}{more}") } else { format!("[{argument}]{more}") });
    }
    if command.has_subcommands() {
        words.push(if command.is_subcommand_required_set() { "COMMAND" } else { "[COMMAND]" }.to_owned());
    }
    words.join(" ")
}

fn section(heading: &str, paragraphs: &str) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", [heading]);
    for line in paragraphs.lines() {
        if line.is_empty() {
            roff.control("PP", []);
        } else {
            roff.text([roman(line)]);
        }
    }
    roff
}
