//! Part `docs`: rustdoc without a warning, every relative link resolves, every promised snippet is code that a test compiles.

use std::fs;
use std::path::Path;

use super::{markdown, Part};
use crate::context::Context;
use crate::process::Run;
use crate::stop::{During, Step, Stop};

pub const PART: Part = Part {
    name: "docs",
    about: "rustdoc is clean, links resolve, snippets are compiled code",
    downloads: false,
    run,
};

/// Languages whose snippets a reader will paste: each must come from a file that a test compiles.
const COMPILED: &[&str] = &["kotlin", "swift", "rust"];

fn run(context: &Context) -> Step {
    let mut wrong = written_pages(context)?;
    let rustdoc = Run::cargo(context)
        .args("doc --quiet --workspace --no-deps --keep-going")
        // Read by rustdoc alone, so no dependency is rebuilt.
        .env("RUSTDOCFLAGS", "-D warnings")
        .show();
    if let Err(Stop::Failed(reason)) = rustdoc {
        wrong.push(reason);
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(Stop::failed(wrong.join("\n"))),
    }
}

/// Everything wrong in the Markdown files of the repository.
fn written_pages(context: &Context) -> Step<Vec<String>> {
    let listed = Run::new("git")
        .dir(&context.root)
        .args("ls-files --cached --others --exclude-standard -- *.md")
        .capture()?;
    let mut wrong = Vec::new();
    for name in listed.lines().filter(|name| context.path(name).is_file()) {
        let text = fs::read_to_string(context.path(name)).during(name)?;
        let page = markdown::Page::read(&text);
        for link in &page.links {
            if let Some(problem) = check_link(context, name, &page, &link.target) {
                wrong.push(format!("{name}:{}: {problem}", link.line));
            }
        }
        for snippet in &page.snippets {
            if let Some(problem) = check_snippet(context, name, snippet) {
                wrong.push(format!("{name}:{}: {problem}", snippet.line));
            }
        }
    }
    Ok(wrong)
}

fn check_link(
    context: &Context,
    name: &str,
    page: &markdown::Page,
    target: &str,
) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") || target.starts_with("tel:") {
        return None;
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    if path.is_empty() {
        return (!page.has_anchor(anchor)).then(|| format!("no heading `#{anchor}` on this page"));
    }
    let beside = context
        .path(name)
        .parent()
        .map(|folder| folder.join(path))?;
    if !beside.exists() {
        return Some(format!("`{target}` does not exist"));
    }
    if anchor.is_empty() || beside.extension().is_none_or(|kind| kind != "md") {
        return None;
    }
    let other = fs::read_to_string(&beside).ok()?;
    (!markdown::Page::read(&other).has_anchor(anchor))
        .then(|| format!("no heading `#{anchor}` in {path}"))
}

fn check_snippet(context: &Context, name: &str, snippet: &markdown::Snippet) -> Option<String> {
    let Some(source) = &snippet.source else {
        let promised =
            name == "README.md" || name.starts_with("docs/guide/") || is_module_readme(name);
        let pasted = COMPILED.contains(&snippet.language.as_str());
        return (promised && pasted).then(|| {
            format!("a {} snippet without `<!-- compiled: FILE#NAME -->`: readers paste it, so a test must compile it", snippet.language)
        });
    };
    let (file, region) = source.split_once('#')?;
    let Ok(code) = fs::read_to_string(context.path(file)) else {
        return Some(format!("`{file}` does not exist"));
    };
    match markdown::region(&code, region) {
        None => Some(format!(
            "{file} has no `snippet: {region}` … `end: {region}`"
        )),
        Some(compiled) if compiled != snippet.code.trim_end() => {
            Some(format!("differs from {file}#{region}"))
        }
        Some(_) => None,
    }
}

fn is_module_readme(name: &str) -> bool {
    name.starts_with("bindings/")
        && Path::new(name)
            .file_name()
            .is_some_and(|file| file == "README.md")
}
