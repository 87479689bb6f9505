//! Just enough Markdown for the checks: headings, links and fenced code. Pure functions over text.

/// What a page links to, promises and can be linked at.
#[derive(Default)]
pub struct Page {
    /// Inline links, in order.
    pub links: Vec<Link>,
    /// Fenced code with a language.
    pub snippets: Vec<Snippet>,
    anchors: Vec<String>,
}

/// One inline link.
pub struct Link {
    /// 1-based line.
    pub line: usize,
    /// The target as written, without a title.
    pub target: String,
}

/// One fenced block.
pub struct Snippet {
    /// 1-based line of the opening fence.
    pub line: usize,
    /// The first word after the fence.
    pub language: String,
    /// `FILE#NAME` from `<!-- compiled: FILE#NAME -->` on the line before the fence.
    pub source: Option<String>,
    /// The code between the fences.
    pub code: String,
}

impl Page {
    /// Reads one page.
    pub fn read(text: &str) -> Self {
        let mut page = Self::default();
        let mut fence: Option<(String, Snippet)> = None;
        let mut source = None;
        for (index, line) in text.lines().enumerate() {
            if let Some((mark, mut snippet)) = fence.take() {
                if line.trim_start().starts_with(&mark)
                    && line
                        .trim()
                        .trim_matches(mark.as_bytes()[0] as char)
                        .is_empty()
                {
                    page.snippets.push(snippet);
                } else {
                    snippet.code += line;
                    snippet.code.push('\n');
                    fence = Some((mark, snippet));
                }
                continue;
            }
            if let Some(mark) = fence_mark(line) {
                let language = line.trim_start()[mark.len()..]
                    .split([',', ' ', '{'])
                    .next()
                    .unwrap_or("")
                    .to_owned();
                fence = Some((
                    mark,
                    Snippet {
                        line: index + 1,
                        language,
                        source: source.take(),
                        code: String::new(),
                    },
                ));
                continue;
            }
            source = compiled_from(line);
            if let Some(heading) = heading(line) {
                page.add_anchor(heading);
            }
            page.anchors.extend(html_ids(line));
            page.links
                .extend(links(line).into_iter().map(|target| Link {
                    line: index + 1,
                    target,
                }));
        }
        page
    }

    /// Whether `#anchor` leads somewhere on this page.
    pub fn has_anchor(&self, anchor: &str) -> bool {
        self.anchors.iter().any(|known| known == anchor)
    }

    fn add_anchor(&mut self, heading: &str) {
        let slug = slug(heading);
        let twin = |n: usize| {
            if n == 0 {
                slug.clone()
            } else {
                format!("{slug}-{n}")
            }
        };
        let free = (0..).map(twin).find(|name| !self.anchors.contains(name));
        self.anchors.extend(free);
    }
}

/// The code between `snippet: NAME` and `end: NAME` comments, without its common indentation.
pub fn region(code: &str, name: &str) -> Option<String> {
    let is = |line: &str, word: &str| {
        line.trim_start()
            .trim_start_matches(['/', '#', '*', ' '])
            .strip_prefix(word)
            .is_some_and(|rest| rest.trim() == name)
    };
    let mut lines = code.lines().skip_while(|line| !is(line, "snippet:"));
    lines.next()?;
    let mut inside = Vec::new();
    loop {
        match lines.next()? {
            line if is(line, "end:") => break,
            line => inside.push(line),
        }
    }
    let blank = |line: &&str| !line.trim().is_empty();
    let indent = inside
        .iter()
        .filter(|line| blank(line))
        .map(|line| line.len() - line.trim_start().len())
        .min()?;
    let dedented: Vec<&str> = inside
        .iter()
        .map(|line| line.get(indent..).unwrap_or(""))
        .collect();
    Some(dedented.join("\n").trim_end().to_owned())
}

fn fence_mark(line: &str) -> Option<String> {
    let line = line.trim_start();
    ['`', '~'].into_iter().find_map(|mark| {
        let length = line.chars().take_while(|&c| c == mark).count();
        (length >= 3).then(|| mark.to_string().repeat(length))
    })
}

fn compiled_from(line: &str) -> Option<String> {
    let inner = line.trim().strip_prefix("<!--")?.strip_suffix("-->")?;
    inner
        .trim()
        .strip_prefix("compiled:")
        .map(|source| source.trim().to_owned())
}

fn heading(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    let depth = line.len() - text.len();
    ((1..=6).contains(&depth) && text.starts_with(' ')).then(|| text.trim())
}

/// A heading's anchor as GitHub makes it.
fn slug(heading: &str) -> String {
    let mut plain = String::new();
    let mut rest = heading;
    // A link in a heading counts with its words only.
    while let Some((before, (words, after))) = rest
        .split_once('[')
        .and_then(|(b, r)| Some((b, r.split_once("](")?)))
    {
        plain += before;
        plain += words;
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    plain += rest;
    plain
        .to_lowercase()
        .chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
            _ => None,
        })
        .collect()
}

fn html_ids(line: &str) -> Vec<String> {
    ["id=\"", "name=\""]
        .iter()
        .flat_map(|key| line.split(key).skip(1))
        .filter_map(|rest| rest.split_once('"').map(|(id, _)| id.to_owned()))
        .collect()
}

/// Targets of inline links and images; code spans are skipped.
fn links(line: &str) -> Vec<String> {
    let outside: String = line.split('`').step_by(2).collect::<Vec<_>>().join("\u{0}");
    outside
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
        .filter_map(|target| target.split_whitespace().next())
        .map(|target| target.trim_matches(['<', '>']))
        .filter(|target| !target.contains('\u{0}'))
        .map(|target| target.replace("%20", " "))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_and_code_is_not() {
        let page = Page::read("See [a](x.md#b), `[no](no.md)` and ![p](<p.png> \"t\").\n```text\n[c](d.md)\n```\n[e](#f)\n");
        let found: Vec<_> = page
            .links
            .iter()
            .map(|link| (link.line, link.target.as_str()))
            .collect();
        assert_eq!(found, [(1, "x.md#b"), (1, "p.png"), (5, "#f")]);
    }

    #[test]
    fn a_link_whose_words_are_code_still_counts() {
        let page = Page::read("[`xtask`](tests/xtask) and [`b` c](d.md)");
        let found: Vec<_> = page.links.iter().map(|link| link.target.as_str()).collect();
        assert_eq!(found, ["tests/xtask", "d.md"]);
    }

    #[test]
    fn anchors_follow_github() {
        let page = Page::read("# Một hai: `ba`!\n## Twice\n## Twice\n### A [link](x.md) here\n#hash\n<a id=\"own\"></a>\n");
        for anchor in ["một-hai-ba", "twice", "twice-1", "a-link-here", "own"] {
            assert!(page.has_anchor(anchor), "{anchor}: {:?}", page.anchors);
        }
        assert!(!page.has_anchor("hash"));
    }

    #[test]
    fn a_snippet_knows_where_it_comes_from() {
        let page = Page::read("<!-- compiled: a/B.kt#open -->\n```kotlin\nval x = 1\n\nfoo()\n```\n~~~rust,ignore\nx\n~~~\n");
        assert_eq!(page.snippets[0].source.as_deref(), Some("a/B.kt#open"));
        assert_eq!(page.snippets[0].code, "val x = 1\n\nfoo()\n");
        assert_eq!(
            (
                page.snippets[1].language.as_str(),
                page.snippets[1].source.as_deref()
            ),
            ("rust", None)
        );
        let code =
            "class T {\n    // snippet: open\n    val x = 1\n\n    foo()\n    // end: open\n}\n";
        assert_eq!(region(code, "open").as_deref(), Some("val x = 1\n\nfoo()"));
        assert_eq!(region(code, "close"), None);
        assert_eq!(region("// snippet: open\nx\n", "open"), None);
    }
}
