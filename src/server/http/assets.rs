//! The browser bundle: read once at start and served from memory, so that no reader holds a file open; files with their hash in the name are
//! kept by browsers for ever.
//!
//! Nothing that depends on who asks may be served from here, and nothing that was not in the directory at start.

use crate::server::hex::hex;
use crate::ui::app::Bundle;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// Where the addresses of the bundle stand, for the server alone.
const MANIFEST: &str = "manifest.json";
/// The forms a file may have beside itself, the best first: content coding and ending.
const CODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// One file with its compressed forms.
#[derive(Debug)]
struct Asset {
    kind: &'static str,
    /// The hash of the plain form.
    tag: String,
    plain: Bytes,
    coded: Vec<(&'static str, Bytes)>,
}

/// The files of the bundle, by name.
#[derive(Debug, Default)]
pub struct Assets {
    files: BTreeMap<String, Asset>,
    /// The names hold the hash of what is in them, so a name never changes its meaning.
    named_by_hash: bool,
}

impl Assets {
    /// The bundle and its addresses. Without one in the usual place the console still works, and says loudly what is missing.
    ///
    /// # Errors
    /// A sentence that says what is missing in a directory that was chosen.
    pub fn open(site_dir: &Path, is_chosen: bool) -> Result<(Self, Bundle), String> {
        match Self::read(site_dir) {
            Err(problem) if is_chosen => Err(format!("the directory of `--site-dir` holds no browser files: {problem}")),
            Err(problem) => {
                tracing::error!("the browser files are missing, so pages have no styles and scripts: {problem}");
                Ok((Self::default(), Bundle::default()))
            }
            read => read,
        }
    }

    /// Reads the bundle, and gives the addresses for the page: from the manifest that its build wrote; without one, those that `cargo leptos`
    /// gives.
    ///
    /// # Errors
    /// A sentence that says what is missing or cannot be read.
    fn read(site_dir: &Path) -> Result<(Self, Bundle), String> {
        let dir = site_dir.join("pkg");
        let unreadable = |error: io::Error| format!("{} cannot be read: {error}", dir.display());
        let mut files = BTreeMap::new();
        for entry in std::fs::read_dir(&dir).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|_| path.is_file()) else { continue };
            if name != MANIFEST && !CODINGS.iter().any(|(_, ending)| name.ends_with(ending)) {
                files.insert(name.to_owned(), Asset::read(&path).map_err(unreadable)?);
            }
        }
        let manifest = dir.join(MANIFEST);
        let (named_by_hash, bundle) = match std::fs::read(&manifest) {
            Ok(text) => (true, serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", manifest.display()))?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => (false, unhashed()),
            Err(error) => return Err(format!("{} cannot be read: {error}", manifest.display())),
        };
        for address in [&bundle.css, &bundle.js, &bundle.wasm].into_iter().chain(bundle.chunks.values().flatten()) {
            if !address.strip_prefix("/pkg/").is_some_and(|name| files.contains_key(name)) {
                return Err(format!("`{address}` is not in {}", dir.display()));
            }
        }
        Ok((Self { files, named_by_hash }, bundle))
    }

    /// The answer to a request for a file; 404 for a name that is not in the bundle, which no cache may keep.
    pub fn answer(&self, name: &str, request: &HeaderMap) -> Response {
        let Some(asset) = self.files.get(name) else { return StatusCode::NOT_FOUND.into_response() };
        let coded = asset.coded.iter().find(|(coding, _)| accepts(request, coding));
        let tag = format!("\"{}{}\"", asset.tag, coded.map_or_else(String::new, |(coding, _)| format!("-{coding}")));
        let known = request.get(header::IF_NONE_MATCH).is_some_and(|known| lists(known, &tag));
        let mut response = if known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let body = coded.map_or(&asset.plain, |(_, body)| body).clone();
            ([(header::CONTENT_TYPE, asset.kind)], body).into_response()
        };
        let headers = response.headers_mut();
        if let (false, Some((coding, _))) = (known, coded) {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        let kept = if self.named_by_hash { "public, max-age=31536000, immutable" } else { "no-cache" };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
        response
    }
}

impl Asset {
    fn read(path: &Path) -> io::Result<Self> {
        let plain = Bytes::from(std::fs::read(path)?);
        let mut coded = Vec::new();
        for (coding, ending) in CODINGS {
            let mut beside = path.as_os_str().to_owned();
            beside.push(ending);
            match std::fs::read(beside) {
                Ok(bytes) => coded.push((coding, Bytes::from(bytes))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        let tag = hex(&Sha256::digest(&plain)[..8]);
        let kind = match path.extension().and_then(|ending| ending.to_str()) {
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("wasm") => "application/wasm",
            Some("svg") => "image/svg+xml",
            Some("png") => "image/png",
            Some("woff2") => "font/woff2",
            _ => "application/octet-stream",
        };
        Ok(Self { kind, tag, plain, coded })
    }
}

/// The names that `cargo leptos` gives.
fn unhashed() -> Bundle {
    Bundle {
        css: "/pkg/trtc-console.css".to_owned(),
        js: "/pkg/trtc-console.js".to_owned(),
        wasm: "/pkg/trtc-console.wasm".to_owned(),
        ..Bundle::default()
    }
}

/// Whether a browser takes a content coding: it is named, and not with a weight of nothing.
fn accepts(request: &HeaderMap, coding: &str) -> bool {
    let lines = request.get_all(header::ACCEPT_ENCODING).iter();
    lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).any(|offer| {
        let mut parts = offer.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding.as_bytes()));
        named && !parts.any(|weight| matches!(weight, b"q=0" | b"q=0.0" | b"q=0.00" | b"q=0.000"))
    })
}

/// Whether a tag is in a list of tags.
fn lists(tags: &HeaderValue, tag: &str) -> bool {
    tags.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii).any(|one| {
        let strong = one.strip_prefix(b"W/").unwrap_or(one);
        strong == tag.as_bytes() || strong == b"*"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("pkg")).unwrap();
        for (name, text) in files {
            std::fs::write(dir.path().join("pkg").join(name), text).unwrap();
        }
        dir
    }

    const MANIFEST_TEXT: &str = r#"{"css":"/pkg/a-1.css","js":"/pkg/a-1.js","wasm":"/pkg/a-1.wasm","icon":""}"#;

    fn asked(name: &str, assets: &Assets, headers: &[(header::HeaderName, &str)]) -> Response {
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        assets.answer(name, &headers)
    }

    #[test]
    fn a_file_comes_in_the_best_form_the_browser_takes_and_is_kept_for_ever() {
        let files = [("a-1.css", "x"), ("a-1.js", "plain"), ("a-1.js.br", "b"), ("a-1.js.gz", "g"), ("a-1.wasm", "w")];
        let dir = site(&[&files[..], &[(MANIFEST, MANIFEST_TEXT)]].concat());
        let (assets, bundle) = Assets::read(dir.path()).unwrap();
        assert_eq!(bundle.js, "/pkg/a-1.js");
        let coding = |accepted: &str| {
            let response = asked("a-1.js", &assets, &[(header::ACCEPT_ENCODING, accepted)]);
            assert_eq!(response.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
            response.headers().get(header::CONTENT_ENCODING).map_or("plain".to_owned(), |coding| coding.to_str().unwrap().to_owned())
        };
        assert_eq!(
            ["gzip, deflate, br", "gzip;q=0.5", "br;q=0, gzip", "br; q=0", "identity"].map(coding),
            ["br", "gzip", "gzip", "plain", "plain"]
        );

        let tag = asked("a-1.js", &assets, &[]).headers()[header::ETAG].to_str().unwrap().to_owned();
        let again = asked("a-1.js", &assets, &[(header::IF_NONE_MATCH, &format!("\"old\", {tag}"))]);
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }

    #[test]
    fn only_files_of_the_bundle_are_served_and_the_manifest_is_none() {
        let files = [("a-1.css", "x"), ("a-1.js", "j"), ("a-1.wasm", "w"), (MANIFEST, MANIFEST_TEXT)];
        let dir = site(&files);
        std::fs::write(dir.path().join("secret.txt"), "s").unwrap();
        let (assets, _) = Assets::read(dir.path()).unwrap();
        for name in [MANIFEST, "a-1.js.br", "../secret.txt", "", "nothing.js"] {
            let response = asked(name, &assets, &[]);
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{name}");
            assert!(!response.headers().contains_key(header::CACHE_CONTROL), "{name} is nothing that a cache may keep");
        }
    }

    #[test]
    fn names_without_a_hash_are_asked_for_again() {
        let dir = site(&[("trtc-console.css", "x"), ("trtc-console.js", "j"), ("trtc-console.wasm", "w")]);
        let (assets, bundle) = Assets::read(dir.path()).unwrap();
        assert_eq!(bundle.css, "/pkg/trtc-console.css");
        assert_eq!(asked("trtc-console.js", &assets, &[]).headers()[header::CACHE_CONTROL], "no-cache");
    }

    #[test]
    fn what_is_missing_or_broken_is_said() {
        let dir = tempfile::tempdir().unwrap();
        assert!(Assets::read(dir.path()).unwrap_err().contains("pkg"));
        let broken = site(&[(MANIFEST, "{")]);
        assert!(Assets::read(broken.path()).unwrap_err().contains(MANIFEST));
        let half = site(&[("a-1.css", "x"), (MANIFEST, MANIFEST_TEXT)]);
        assert!(Assets::read(half.path()).unwrap_err().contains("/pkg/a-1.js"));
        let manifest = MANIFEST_TEXT.replace("\"icon\"", "\"chunks\":{\"usage\":[\"/pkg/b-1.wasm\"]},\"icon\"");
        let lost = site(&[("a-1.css", "x"), ("a-1.js", "j"), ("a-1.wasm", "w"), (MANIFEST, &manifest)]);
        assert!(Assets::read(lost.path()).unwrap_err().contains("/pkg/b-1.wasm"), "a chunk of a page");
    }
}
