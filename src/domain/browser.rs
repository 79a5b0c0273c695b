//! What a browser says of itself, in the few words by which people know it again: `Chrome 131 on Windows`.
//!
//! It must never decide anything: whoever logs in sends what they like.

use super::free_text::visible;
use crate::text::Text;

/// What stands before the version, and the name people know, English and Chinese. Most browsers also name those they descend from, so those come last.
const BROWSERS: [(&str, &str, &str); 14] = [
    ("Edg/", "Edge", "Edge"),
    ("EdgA/", "Edge", "Edge"),
    ("EdgiOS/", "Edge", "Edge"),
    ("OPR/", "Opera", "Opera"),
    ("SamsungBrowser/", "Samsung Internet", "Samsung Internet"),
    ("MicroMessenger/", "WeChat", "微信"),
    ("QQBrowser/", "QQ Browser", "QQ 浏览器"),
    ("CriOS/", "Chrome", "Chrome"),
    ("FxiOS/", "Firefox", "Firefox"),
    ("HeadlessChrome/", "Headless Chrome", "Headless Chrome"),
    ("Chrome/", "Chrome", "Chrome"),
    ("Firefox/", "Firefox", "Firefox"),
    // Safari gives its version as that of no product; Android's old browser does the same.
    ("Version/", "Safari", "Safari"),
    ("Safari/", "Safari", "Safari"),
];

/// What names the system. Phones also name the system theirs descends from, so the others come last.
const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
    ("X11", "Unix"),
];

/// The browser and its system; as it stands where it is none that is known.
#[must_use]
pub fn browser(agent: &str) -> Text {
    let known = |(mark, en, zh): &(&str, &'static str, &'static str)| Some((*en, *zh, agent.split_once(mark)?.1));
    let found = if agent.starts_with("Mozilla/") { BROWSERS.iter().find_map(known) } else { None };
    let Some((en, zh, rest)) = found else {
        let shown = visible(agent);
        return Text::made(shown.clone().into_owned(), shown.into_owned());
    };
    let major: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let version = if major.is_empty() { String::new() } else { format!(" {major}") };
    match SYSTEMS.iter().find(|(mark, _)| agent.contains(mark)) {
        Some((_, system)) => Text::made(format!("{en}{version} on {system}"), format!("{zh}{version}（{system}）")),
        None => Text::made(format!("{en}{version}"), format!("{zh}{version}")),
    }
}

#[cfg(test)]
mod tests {
    use super::browser;

    #[test]
    fn browsers_are_called_what_people_call_them() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        let cases = [
            (format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/131.0.0.0 Safari/537.36"), "Chrome 131 on Windows"),
            (format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.2903.51"), "Edge 131 on Windows"),
            (format!("Mozilla/5.0 (X11; Linux x86_64) {webkit} HeadlessChrome/156.0.0.0 Safari/537.36"), "Headless Chrome 156 on Linux"),
            (format!("Mozilla/5.0 (Linux; Android 14; Pixel 8) {webkit} Chrome/131.0.0.0 Mobile Safari/537.36"), "Chrome 131 on Android"),
            ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0".to_owned(), "Firefox 132 on Linux"),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15".to_owned(),
                "Safari 18 on macOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1"
                    .to_owned(),
                "Chrome 131 on iOS",
            ),
        ];
        for (agent, words) in cases {
            assert_eq!(browser(&agent).en, words, "{agent}");
        }
        let wechat =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.54(0x18003621)";
        assert_eq!(browser(wechat).zh, "微信 8（iOS）");
    }

    #[test]
    fn what_is_no_browser_stays_as_it_stands() {
        for agent in ["curl/8.5.0", "demo", "", "Mozilla/5.0 (compatible)", "not a Chrome/131 either"] {
            assert_eq!(browser(agent).en, agent);
            assert_eq!(browser(agent).zh, agent);
        }
    }
}
