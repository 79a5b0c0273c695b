//! What a password must be: long, not one that everybody tries first, and not made of the names around it.
//!
//! No rule about kinds of characters: they make passwords worse. The list holds words, and whatever is derived from one of them is refused.

use crate::catalog::limits::PASSWORD_CHARS;
use crate::text::Text;

/// What everybody tries first, without digits and signs around it, in lower case. Each also stands for its repetitions.
const COMMON: &[&str] = &[
    "aaa",
    "abc",
    "abcabc",
    "abcd",
    "abcdef",
    "access",
    "account",
    "admin",
    "administrator",
    "adminadmin",
    "adobe",
    "amanda",
    "america",
    "andrew",
    "angel",
    "apple",
    "asdf",
    "asdfasdf",
    "asdfgh",
    "asdfghjkl",
    "ashley",
    "azerty",
    "azertyuiop",
    "babygirl",
    "backup",
    "bailey",
    "baseball",
    "basketball",
    "batman",
    "beijing",
    "biteme",
    "buster",
    "butterfly",
    "changeit",
    "changeme",
    "changemenow",
    "charlie",
    "cheese",
    "chelsea",
    "chocolate",
    "china",
    "cloud",
    "company",
    "computer",
    "cookie",
    "correcthorsebatterystaple",
    "daniel",
    "database",
    "default",
    "defaultpassword",
    "demo",
    "development",
    "diamond",
    "dragon",
    "flower",
    "football",
    "freedom",
    "friend",
    "friends",
    "fuckyou",
    "ginger",
    "google",
    "guest",
    "hannah",
    "harley",
    "hello",
    "helloworld",
    "hunter",
    "iloveyou",
    "iloveyouforever",
    "internet",
    "jennifer",
    "jessica",
    "jordan",
    "joshua",
    "justin",
    "killer",
    "letmein",
    "letmeinnow",
    "letmeinplease",
    "liverpool",
    "login",
    "london",
    "love",
    "loveme",
    "lovely",
    "manager",
    "master",
    "matrix",
    "matthew",
    "maverick",
    "michael",
    "michelle",
    "monday",
    "monkey",
    "mustang",
    "mypassword",
    "mysecretpassword",
    "newpassword",
    "nicole",
    "ninja",
    "nothing",
    "operator",
    "orange",
    "passord",
    "passphrase",
    "passwd",
    "password",
    "passwordpassword",
    "passwort",
    "pepper",
    "pokemon",
    "princess",
    "private",
    "public",
    "purple",
    "qazwsx",
    "qazwsxedc",
    "qwe",
    "qweasd",
    "qweasdzxc",
    "qweqwe",
    "qwer",
    "qwert",
    "qwerty",
    "qwertyqwerty",
    "qwertyuiop",
    "ranger",
    "robert",
    "root",
    "rootroot",
    "samsung",
    "secret",
    "secretpassword",
    "security",
    "server",
    "service",
    "shadow",
    "shanghai",
    "shenzhen",
    "silver",
    "soccer",
    "spring",
    "starwars",
    "summer",
    "sunshine",
    "superman",
    "superuser",
    "support",
    "sysadmin",
    "system",
    "tencentcloud",
    "temp",
    "temporary",
    "test",
    "testing",
    "testpassword",
    "testtest",
    "thomas",
    "thisismypassword",
    "tigger",
    "trustno",
    "trustnoone",
    "unknown",
    "user",
    "username",
    "vagrant",
    "welcome",
    "welcomehome",
    "whatever",
    "william",
    "windows",
    "winter",
    "woaini",
    "woainiwoaini",
    "wodemima",
    "mima",
    "yellow",
    "zaqwsx",
    "zxc",
    "zxcvbn",
    "zxcvbnm",
    "autumn",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// Rows of keys and other orders that fingers follow.
const ROWS: [&str; 4] =
    ["0123456789012345678901234567890", "qwertyuiopasdfghjklzxcvbnm", "abcdefghijklmnopqrstuvwxyz", "1qaz2wsx3edc4rfv5tgb6yhn7ujm"];

/// Names of the place: everybody who attacks this console tries them.
const PLACE: [&str; 4] = ["trtc", "tencent", "qcloud", "console"];

/// Characters that have to remain when a name is taken out of a password.
const MUST_REMAIN: usize = 8;

/// Names shorter than this are in too many words to be looked for.
const SHORTEST_NAME: usize = 3;

/// Whether a password may be used by an account of these names: its login name and its e-mail address.
///
/// # Errors
/// What would be right, or the word by which the password is guessed.
pub fn check_password(password: &str, names: &[&str]) -> Result<(), Text> {
    let chars = password.chars().count();
    if !PASSWORD_CHARS.contains(&chars) {
        let (least, most) = PASSWORD_CHARS.into_inner();
        return Err(Text::made(format!("Use {least} to {most} characters."), format!("密码长度须为 {least} 至 {most} 个字符。")));
    }
    let lower = password.to_lowercase();
    let plain = without_disguise(&lower);
    if is_monotonous(&lower) {
        return Err(Text::new(
            "This password repeats a few characters or follows the keyboard layout. Choose another one.",
            "密码由少数重复字符或键盘顺序组成，请更换。",
        ));
    }
    let common = [&lower, &plain].into_iter().find_map(|text| {
        let core = text.trim_matches(|c: char| !c.is_alphabetic());
        COMMON.iter().find(|word| is_made_of(core, word))
    });
    let named = common
        .map(|word| (*word).to_owned())
        .or_else(|| names_of(names).find(|word| [&lower, &plain].into_iter().any(|text| leans_on(text, word))));
    match named {
        None => Ok(()),
        Some(word) => Err(Text::made(
            format!("This password is easy to guess, because it consists mostly of “{word}”. Choose another one."),
            format!("密码过于简单，主要由「{word}」构成，请更换。"),
        )),
    }
}

/// `p@ssw0rd` → `password`.
fn without_disguise(text: &str) -> String {
    let plain = |c| match c {
        '@' | '4' => 'a',
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    };
    // Digits and signs at the end are no letters in disguise.
    let word = text.trim_end_matches(|c: char| !c.is_alphabetic());
    word.chars().map(plain).collect()
}

/// Fewer than five different characters, or one of the orders that fingers follow, once or again and again.
fn is_monotonous(text: &str) -> bool {
    let mut different: Vec<char> = text.chars().collect();
    different.sort_unstable();
    different.dedup();
    let backwards = |row: &str| row.chars().rev().collect::<String>();
    different.len() < 5 || ROWS.iter().any(|row| row.contains(text) || backwards(row).contains(text))
}

/// Whether a text is a word, once or again and again.
fn is_made_of(text: &str, word: &str) -> bool {
    !text.is_empty() && text.replace(word, "").is_empty()
}

/// Whether too little remains of a text without a word.
fn leans_on(text: &str, word: &str) -> bool {
    text.contains(word) && text.replace(word, "").chars().count() < MUST_REMAIN
}

/// The names of the place and the parts of those of an account.
fn names_of<'n>(names: &'n [&str]) -> impl Iterator<Item = String> + use<'n> {
    let own = names.iter().flat_map(|name| name.split(['@', '.', '-', '_', '+', '=', ','])).map(str::to_lowercase);
    let whole = names.iter().map(|name| name.to_lowercase());
    PLACE.iter().map(|name| (*name).to_owned()).chain(whole).chain(own).filter(|name| name.chars().count() >= SHORTEST_NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(password: &str) -> String {
        check_password(password, &["ops-liwei", "li.wei@acme.example"]).err().map_or_else(String::new, |text| text.en.into_owned())
    }

    #[test]
    fn length_counts_and_kinds_do_not() {
        for good in
            ["correct horse battery", "Correct-horse-1", "密码不是通过这种方式想出来的", "four words one sentence", &"x7k2-".repeat(25)]
        {
            assert_eq!(fault(good), "", "{good}");
        }
        for bad in ["", "Abc1-", "Xk2-9dLq7.m", &"x7k2-".repeat(26)] {
            assert_eq!(fault(bad), "Use 12 to 128 characters.", "{bad}");
        }
    }

    #[test]
    fn what_is_derived_from_a_common_word_is_refused_by_its_name() {
        for (password, word) in [
            ("Password2026!", "password"),
            ("P@ssw0rd-2026", "password"),
            ("passwordpassword", "password"),
            ("2026.Changeme!!", "changeme"),
            ("iloveyou20261126", "iloveyou"),
            ("!!!Administrator1", "administrator"),
            ("Woaini1314520!", "woaini"),
        ] {
            assert!(fault(password).contains(&format!("“{word}”")), "{password}: {}", fault(password));
        }
    }

    #[test]
    fn names_of_the_place_and_of_the_account_do_not_make_a_password() {
        for (password, word) in
            [("Tencent-2026!", "tencent"), ("TrtcConsole1!", "trtc"), ("ops-liwei-2026", "ops-liwei"), ("acme-20261126", "acme")]
        {
            assert!(fault(password).contains(&format!("“{word}”")), "{password}: {}", fault(password));
        }
        assert_eq!(fault("tencent-has-nine-umbrellas"), "", "enough remains");
    }

    #[test]
    fn orders_of_the_keyboard_and_repetitions_are_refused() {
        for bad in ["123456789012", "qwertyuiopas", "aaaaaaaaaaaa", "abababababab", "1qaz2wsx3edc", "lkjhgfdsapoi"] {
            assert!(fault(bad).contains("keyboard"), "{bad}: {}", fault(bad));
        }
    }
}
