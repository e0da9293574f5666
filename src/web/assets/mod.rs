//! Style sheets, scripts and pictures, compiled in and served by ourselves under `/assets/…`. Each file's name
//! carries a hash of its content (`passerelle.3f2a….css`), so that a browser may keep it for ever and still
//! gets a new one as soon as it changes. Nothing is loaded from another server.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse};

use crate::kernel::Problem;
use crate::kernel::secret::fingerprint;

/// The embedded files by their plain names.
const FILES: &[(&str, &[u8])] = &[
    ("passerelle.css", include_bytes!("passerelle.css")),
    ("docs.css", include_bytes!("docs.css")),
    ("docs.js", include_bytes!("docs.js")),
    ("what-if.js", include_bytes!("what-if.js")),
    ("favicon.svg", include_bytes!("favicon.svg")),
];

struct Asset {
    bytes: &'static [u8],
    content_type: &'static str,
}

/// Plain name → address, and name in the address → file.
struct Shelf {
    addresses: BTreeMap<&'static str, String>,
    files: BTreeMap<String, Asset>,
}

static SHELF: LazyLock<Shelf> = LazyLock::new(|| {
    let mut shelf = Shelf {
        addresses: BTreeMap::new(),
        files: BTreeMap::new(),
    };
    for (name, bytes) in FILES {
        shelf.put(name, bytes);
    }
    shelf
});

impl Shelf {
    fn put(&mut self, name: &'static str, bytes: &'static [u8]) {
        let hash: String = fingerprint(bytes).chars().take(16).collect();
        let (stem, kind) = name.rsplit_once('.').unwrap_or((name, ""));
        let hashed = format!("{stem}.{hash}.{kind}");
        self.addresses.insert(name, format!("/assets/{hashed}"));
        let content_type = match kind {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "svg" => "image/svg+xml",
            _ => "application/octet-stream",
        };
        self.files.insert(
            hashed,
            Asset {
                bytes,
                content_type,
            },
        );
    }
}

/// The address of the embedded file `name`, with its hash; `None` where there is no such file.
pub fn address(name: &str) -> Option<&'static str> {
    SHELF.addresses.get(name).map(String::as_str)
}

/// `GET /assets/{name}`.
pub async fn serve(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let name = request.match_info().query("name");
    let asset = SHELF.files.get(name).ok_or(Problem::NotFound)?;
    let etag = format!("\"{name}\"");
    let known = request
        .headers()
        .get(IF_NONE_MATCH)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|tags| tags.contains(&etag));
    let mut answer = if known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    answer
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((ETAG, etag));
    if known {
        return Ok(answer.finish());
    }
    answer.insert_header((CONTENT_TYPE, asset.content_type));
    Ok(answer.body(asset.bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_an_address_with_its_hash_and_nothing_else_has_one() {
        let css = address("passerelle.css").unwrap();
        assert!(css.starts_with("/assets/passerelle.") && css.ends_with(".css"));
        assert_eq!(css.len(), "/assets/passerelle..css".len() + 16);
        assert_eq!(address("other.css"), None);
    }
}
