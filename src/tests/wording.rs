//! What the console says: both languages there, Chinese set as Chinese, English sentences that begin and end as such, one term for one
//! thing.
//!
//! It reads the sources, because a text that no test happens to call for is on somebody's screen all the same.

use std::fs;
use std::path::Path;

/// A piece of source: a string literal, decoded, or one character of code.
enum Piece {
    Text(String),
    Code(char),
}

/// A text in both languages and where it stands.
struct Pair {
    place: String,
    en: String,
    zh: String,
}

/// Words that are not ours, and what we say instead. A word of letters is looked for as a whole word; case does not count.
const NOT_ENGLISH: &[(&str, &str)] = &[
    ("anew", "again"),
    ("for ever", "forever"),
    ("everybody", "everyone, all users"),
    ("anybody", "anyone"),
    ("somebody", "someone"),
    ("in force", "default version"),
    ("by chance", "random"),
    ("whom it is for", "purpose"),
    ("single resource", "does not support resource-level permissions"),
    ("you may not", "you don't have access to, you cannot"),
    ("a day", "per day"),
    ("truth value", "boolean"),
    ("e-mails", "e-mail addresses"),
    ("sign in", "log in"),
    ("signed in", "logged in"),
    ("sign out", "log out"),
    ("subaccount", "sub-account"),
    ("authorised", "authorized"),
    ("licence", "license"),
    ("licences", "licenses"),
    ("switch on", "turn on"),
    ("switch off", "turn off"),
    ("hold the policy", "attached to"),
];

/// The same for Chinese.
const NOT_CHINESE: &[(&str, &str)] = &[
    ("绑定策略", "关联策略"),
    ("策略绑定", "关联策略"),
    ("直接绑定", "直接关联"),
    ("绑定方式", "关联类型"),
    ("绑定时间", "关联时间"),
    ("绑定到", "关联"),
    ("绑定的用户", "关联的用户"),
    ("解绑", "解除"),
    ("解除绑定", "解除"),
    ("应用列表 ·", "应用管理"),
    ("生效版本", "默认版本"),
    ("子用户", "子账号"),
    ("一次性代码", "一次性初始化码"),
    ("多因素", "多因子"),
    ("登陆", "登录"),
    ("帐号", "账号"),
    ("帐户", "账号"),
    ("账户", "账号"),
    ("其它", "其他"),
    ("创建应用", "新建应用"),
    ("创建用户", "新建用户"),
    ("创建策略", "新建策略"),
    ("权限不足", "您无权访问"),
    ("你", "您"),
    ("视频分钟数", "视频时长（分钟）"),
    ("音频分钟数", "音频时长（分钟）"),
];

/// Files whose texts show what stands in backticks as code, or speak on a terminal.
const SHOWS_CODE: &[&str] = &["src/cam/"];

/// Where texts are labels beside code, and no findings.
const LABELS: &[&str] = &["src/cam/reference.rs"];

/// Files whose sentences name an action and a resource the way the cloud's own messages do.
const QUOTES_THE_CLOUD: &[&str] = &["src/domain/fault.rs"];

/// Single texts that a rule does not fit: where, the beginning of the text, why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("src/ui/components/topbar.rs", "中文", "the name of a language is said in that language"),
    ("src/cam/condition.rs", "an IP address or network", "what a message says that a value is not"),
    ("src/ui/components/table.rs", "", "the counter behind the number, which English does not have"),
];

/// The sources that speak to people, tests and the component gallery's sample data left out.
fn sources() -> Vec<(String, String)> {
    fn walk(dir: &Path, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let shown = path.to_string_lossy().into_owned();
            if path.is_dir() {
                if shown != "src/tests" {
                    walk(&path, found);
                }
            } else if shown.ends_with(".rs") {
                let text = fs::read_to_string(&path).unwrap();
                let spoken = text.split("\n#[cfg(test)]").next().unwrap_or_default().to_owned();
                found.push((shown, spoken));
            }
        }
    }
    let mut found = Vec::new();
    walk(Path::new("src"), &mut found);
    found.sort();
    found
}

/// The pieces of a source with their line numbers; comments and white space between pieces are left out.
fn pieces(source: &str) -> Vec<(usize, Piece)> {
    let letters: Vec<char> = source.chars().collect();
    let (mut found, mut at, mut line) = (Vec::new(), 0, 1);
    let get = |at: usize| letters.get(at).copied().unwrap_or('\0');
    while at < letters.len() {
        match get(at) {
            '/' if get(at + 1) == '/' => {
                while at < letters.len() && get(at) != '\n' {
                    at += 1;
                }
            }
            // A character literal, not a lifetime.
            '\'' if get(at + 1) == '\\' || get(at + 2) == '\'' => {
                at += if get(at + 1) == '\\' { 3 } else { 2 };
                while get(at) != '\'' {
                    at += 1;
                }
                at += 1;
            }
            'r' if matches!(get(at + 1), '"' | '#') && matches!(get(at + 2), '"' | '#' | '{' | 'a'..='z' | '^') => {
                let hashes = letters[at + 1..].iter().take_while(|letter| **letter == '#').count();
                if get(at + 1 + hashes) != '"' {
                    found.push((line, Piece::Code('r')));
                    at += 1;
                    continue;
                }
                let end: String = format!("\"{}", "#".repeat(hashes));
                let rest: String = letters[at + 2 + hashes..].iter().collect();
                let text = rest.split(&end).next().unwrap().to_owned();
                at += 2 + 2 * hashes + 1 + text.chars().count();
                let started = line;
                line += text.matches('\n').count();
                found.push((started, Piece::Text(text)));
            }
            '"' => {
                let (started, mut text) = (line, String::new());
                at += 1;
                while get(at) != '"' {
                    line += usize::from(get(at) == '\n');
                    if get(at) != '\\' {
                        text.push(get(at));
                        at += 1;
                        continue;
                    }
                    at += 2;
                    match get(at - 1) {
                        // The text goes on at the first letter of the next line.
                        '\n' => {
                            line += 1;
                            while get(at).is_whitespace() {
                                line += usize::from(get(at) == '\n');
                                at += 1;
                            }
                        }
                        'n' => text.push('\n'),
                        't' => text.push('\t'),
                        'u' => {
                            text.push('\u{fffd}');
                            while get(at - 1) != '}' {
                                at += 1;
                            }
                        }
                        other => text.push(other),
                    }
                }
                at += 1;
                found.push((started, Piece::Text(text)));
            }
            letter => {
                line += usize::from(letter == '\n');
                if !letter.is_whitespace() {
                    found.push((line, Piece::Code(letter)));
                }
                at += 1;
            }
        }
    }
    found
}

/// Every text in both languages: the arguments of what takes both, and two literals side by side of which the second is Chinese.
fn pairs() -> Vec<Pair> {
    let mut found = Vec::new();
    for (file, source) in sources() {
        let pieces = pieces(&source);
        for (index, (line, piece)) in pieces.iter().enumerate() {
            let place = || format!("{file}:{line}");
            match piece {
                Piece::Code('(') if takes_both(&pieces[..index]) => {
                    if let Some((en, zh)) = arguments(&pieces[index + 1..]) {
                        found.push(Pair { place: place(), en, zh });
                    }
                }
                Piece::Text(zh) if zh.contains(is_han) => {
                    let [.., (_, Piece::Text(en)), (_, Piece::Code(','))] = &pieces[..index] else {
                        continue;
                    };
                    if !pieces[..index - 2].last().is_some_and(|(_, piece)| matches!(piece, Piece::Code('('))) {
                        found.push(Pair { place: place(), en: en.clone(), zh: zh.clone() });
                    }
                }
                _ => {}
            }
        }
    }
    found
}

/// Whether a call of something that takes English and Chinese is about to begin.
fn takes_both(before: &[(usize, Piece)]) -> bool {
    let mut name: Vec<char> = Vec::new();
    for (_, piece) in before.iter().rev().take(20) {
        match piece {
            Piece::Code(letter) if letter.is_alphanumeric() || matches!(letter, '_' | ':' | '.') => name.push(*letter),
            _ => break,
        }
    }
    let name: String = name.iter().rev().collect();
    ["Text::new", "Text::made", ".pick"].iter().any(|known| name.ends_with(known)) || name == "t"
}

/// The first literals of the first two arguments, when both have one.
fn arguments(pieces: &[(usize, Piece)]) -> Option<(String, String)> {
    let (mut depth, mut number) = (0, 0);
    let mut texts = [None, None];
    for (_, piece) in pieces {
        match piece {
            Piece::Code('(' | '[' | '{') => depth += 1,
            Piece::Code(')' | ']' | '}') if depth == 0 => break,
            Piece::Code(')' | ']' | '}') => depth -= 1,
            Piece::Code(',') if depth == 0 => number += 1,
            Piece::Text(text) if number < 2 && texts[number].is_none() => texts[number] = Some(text.clone()),
            _ => {}
        }
    }
    let [en, zh] = texts;
    en.zip(zh)
}

fn is_han(letter: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&letter)
}

fn is_full_width(letter: char) -> bool {
    "，。：；？！、（）「」《》“”".contains(letter)
}

/// The text with code in backticks as `\u{1}` and what is filled in as `\u{2}`.
fn prose(text: &str) -> String {
    let mut made = String::new();
    for (index, part) in text.split('`').enumerate() {
        if index % 2 == 1 {
            made.push('\u{1}');
            continue;
        }
        let mut left = part;
        while let Some((before, rest)) = left.split_once('{') {
            made.push_str(before);
            made.push('\u{2}');
            left = rest.split_once('}').map_or("", |(_, behind)| behind);
        }
        made.push_str(left);
    }
    made
}

fn english_faults(text: &str, shows_code: bool) -> Vec<String> {
    let mut faults = Vec::new();
    let said = prose(text);
    if text.is_empty() {
        return vec!["there is no English text".to_owned()];
    }
    if !shows_code && text.contains('`') {
        faults.push("backticks are shown as they are here: write “…” or nothing".to_owned());
    }
    if said.contains(|letter: char| is_han(letter) || is_full_width(letter) && !"“”".contains(letter)) {
        faults.push("Chinese letters or punctuation in English".to_owned());
    }
    let first = said.trim_start().chars().next().unwrap_or('\u{2}');
    let is_sentence = said.trim_end().ends_with(['.', '?', '!']);
    let words: Vec<&str> = said.split_whitespace().collect();
    // A few words may be part of a sentence that is put together; `v{version}` begins with what is filled in.
    let filled = words.first().is_some_and(|word| word.contains('\u{2}'));
    let long = words.len() > if shows_code { 3 } else { 6 };
    if first.is_lowercase() && !filled && !text.starts_with(' ') && (is_sentence || long) {
        faults.push("begin with a capital".to_owned());
    }
    if shows_code && !first.is_lowercase() && words.len() > 3 && !is_sentence && !said.ends_with('\u{2}') {
        faults.push("a finding is a sentence: end with a full stop".to_owned());
    }
    if said.contains("  ") {
        faults.push("two spaces".to_owned());
    }
    let lower = format!(" {} ", said.to_lowercase().replace(|letter: char| !letter.is_alphanumeric() && letter != '\'', " "));
    for (wrong, right) in NOT_ENGLISH {
        if lower.contains(&format!(" {wrong} ")) {
            faults.push(format!("“{wrong}”: say {right}"));
        }
    }
    faults
}

fn chinese_faults(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let said: Vec<char> = prose(text).chars().collect();
    if text.trim().is_empty() {
        return vec!["there is no Chinese text".to_owned()];
    }
    for pair in said.windows(2) {
        let [one, two] = pair else { continue };
        let near = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '\u{1}';
        let fault = match (*one, *two) {
            (one, two) if is_han(one) && ",:;?!().".contains(two) => "ASCII punctuation behind Chinese",
            (one, two) if is_han(two) && ",:;?!()".contains(one) => "ASCII punctuation in front of Chinese",
            (one, two) if is_han(one) && near(&two) || near(&one) && is_han(two) => {
                "a space is missing between Chinese and letters, digits or code"
            }
            (one, ' ') if is_full_width(one) => "a space behind full-width punctuation",
            (' ', two) if is_full_width(two) => "a space in front of full-width punctuation",
            _ => continue,
        };
        faults.push(format!("{fault}: {one}{two}"));
    }
    for three in said.windows(3) {
        if let [one, ' ', two] = three
            && is_han(*one)
            && is_han(*two)
        {
            faults.push(format!("a space between Chinese: {one} {two}"));
        }
    }
    if said.iter().any(|letter| "“”".contains(*letter)) {
        faults.push("write quotes as 「」".to_owned());
    }
    for (wrong, right) in NOT_CHINESE {
        if text.contains(wrong) {
            faults.push(format!("“{wrong}”: say {right}"));
        }
    }
    faults
}

/// Both languages say a sentence, or both do not. What ends with a blank goes on in another text.
fn pair_faults(en: &str, zh: &str) -> Vec<String> {
    if en.ends_with(' ') {
        return Vec::new();
    }
    let ends = [('.', '。'), ('?', '？'), (':', '：')];
    ends.iter()
        .filter(|(half, full)| en.ends_with(*half) != zh.ends_with(*full) && !en.ends_with("..") && !zh.is_empty())
        .map(|(half, full)| format!("one ends with {half} or {full}, the other does not"))
        .collect()
}

#[test]
fn every_text_is_written_as_its_language_is() {
    let pairs = pairs();
    assert!(pairs.len() > 900, "only {} texts were found", pairs.len());
    let mut wrong = Vec::new();
    let mut used = Vec::new();
    for Pair { place, en, zh } in &pairs {
        let is_in = |files: &[&str]| files.iter().any(|file| place.starts_with(file));
        let en_shown = if is_in(QUOTES_THE_CLOUD) { en.replace('`', "") } else { en.clone() };
        let faults = [english_faults(&en_shown, is_in(SHOWS_CODE) && !is_in(LABELS)), chinese_faults(zh), pair_faults(en, zh)].concat();
        if faults.is_empty() {
            continue;
        }
        let exception = EXCEPTIONS.iter().find(|(file, begins, _)| place.starts_with(file) && en.starts_with(begins));
        match exception {
            Some(exception) => used.push(exception),
            None => wrong.push(format!("{place}: {en} | {zh}\n    {}", faults.join("\n    "))),
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    let unused: Vec<_> = EXCEPTIONS.iter().filter(|exception| !used.contains(exception)).collect();
    assert!(unused.is_empty(), "exceptions that nothing needs any more: {unused:?}");
}

#[test]
fn the_wording_test_sees_what_it_looks_for() {
    let faulty = ["该操作,不支持", "用户(主账号)", "共3个", "共`a`个", "返回 概览", "删除 ，确认", "“用户”", "解绑策略", "你好", " "];
    for text in faulty {
        assert!(!chinese_faults(text).is_empty(), "{text}");
    }
    for text in ["共 {n} 个用户（{m}）", "请写 `a, b` 或「c」", "仅限 + = , . @ - _。", "操作有{}个"] {
        assert_eq!(chinese_faults(text), [""; 0], "{text}");
    }
    for text in ["save it.", "Load it anew.", "Use `x`.", "Save（all）", ""] {
        assert!(!english_faults(text, false).is_empty(), "{text}");
    }
    for text in ["{name} was saved.", "min", "Reload the page."] {
        assert_eq!(english_faults(text, false), [""; 0], "{text}");
    }
    assert!(english_faults("Use `x`.", true).is_empty());
    assert!(pair_faults("Saved.", "已保存").len() == 1 && pair_faults("Saved.", "已保存。").is_empty());
    let source =
        "// t(\"no\", \"不\")\nlet c = '\"'; Text::made(format!(\"{} a\", x(\"y\")), format!(\"{} 甲\", z)); row(1, \"b\", \"乙\")";
    let texts: Vec<String> =
        pieces(source).into_iter().filter_map(|(_, piece)| if let Piece::Text(text) = piece { Some(text) } else { None }).collect();
    assert_eq!(texts, ["{} a", "y", "{} 甲", "b", "乙"]);
}
