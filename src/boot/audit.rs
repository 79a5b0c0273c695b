//! `trtc-console audit verify`: goes through the chains of operation records and says where one is broken.
//!
//! It needs the database and nothing else, and works beside a running server.

use crate::domain::ids::Uin;
use crate::server::config::Config;
use crate::server::store::audit::{Head, NOBODY};
use crate::server::store::{Store, StoreError};
use std::fmt::Write as _;

/// Records that are read together.
const LINKS: i64 = 5_000;

/// What came of it.
pub struct Verified {
    /// A line for each chain.
    pub said: String,
    /// Whether every chain is whole.
    pub whole: bool,
}

/// Verifies the records of one root account, or of all.
///
/// # Errors
/// A sentence that says why nothing could be verified.
pub async fn verify(config: &Config, owner: Option<i64>) -> Result<Verified, String> {
    let store = Store::open_beside(config.database_url.reveal()).await?;
    let verified = verify_all(&store, owner.map(Uin)).await;
    store.close().await;
    match (verified.map_err(|error| format!("cannot read the records: {error}"))?, owner) {
        (Some(verified), _) => Ok(verified),
        (None, Some(owner)) => Err(format!("there is no root account {owner}")),
        (None, None) => Err("there are no records: no root account has been created".to_owned()),
    }
}

/// What came of it; `None` where there is no chain and none should be.
async fn verify_all(store: &Store, owner: Option<Uin>) -> Result<Option<Verified>, StoreError> {
    let (mut said, mut whole) = (String::new(), true);
    let (heads, headless) = (store.audit_heads(owner).await?, store.audit_headless(owner).await?);
    if heads.is_empty() && headless.is_empty() {
        return Ok(None);
    }
    // Writing to a string cannot fail.
    for owner in headless {
        whole = false;
        let _ = writeln!(said, "{}: BROKEN: the head of the chain is missing", whose(owner));
    }
    for head in heads {
        let whose = whose(Uin(head.owner_uin));
        let (head, broken) = settled(store, head).await?;
        let _ = match broken {
            None if head.seq == head.cut_seq => writeln!(said, "{whose}: ok, no records"),
            None => writeln!(said, "{whose}: ok, records {}..{}", head.cut_seq + 1, head.seq),
            Some((seq, why)) => {
                whole = false;
                writeln!(said, "{whose}: BROKEN at record {seq}: {why}")
            }
        };
    }
    Ok(Some(Verified { said, whole }))
}

fn whose(owner: Uin) -> String {
    if owner == NOBODY { "attempts of no account".to_owned() } else { owner.to_string() }
}

/// What is wrong with a chain. Records that a running server cuts off while they are read are not missing: then it is begun again after them.
async fn settled(store: &Store, mut head: Head) -> Result<(Head, Option<(i64, &'static str)>), StoreError> {
    loop {
        let broken = broken(store, &head).await?;
        let now = if broken.is_some() { store.audit_heads(Some(Uin(head.owner_uin))).await?.pop() } else { None };
        match now {
            Some(now) if now.cut_seq > head.cut_seq => head = now,
            _ => return Ok((head, broken)),
        }
    }
}

/// The first record that is wrong, and what is wrong with it.
async fn broken(store: &Store, head: &Head) -> Result<Option<(i64, &'static str)>, StoreError> {
    let owner = Uin(head.owner_uin);
    let (mut seq, mut hash) = (head.cut_seq, head.cut_hash.clone());
    loop {
        let mut links = store.audit_links(owner, seq, LINKS).await?;
        // The server may be writing: what came after the head was read is verified the next time.
        links.retain(|link| link.seq <= head.seq);
        let Some(last) = links.last() else { break };
        let mut found = store.audit_found(owner, seq, last.seq).await?;
        for link in &links {
            if let Some(fault) = link.fault(owner, seq, &hash, &found.remove(&link.seq).unwrap_or_default()) {
                return Ok(Some((link.seq, fault)));
            }
            seq = link.seq;
            hash.clone_from(&link.hash);
        }
    }
    let extent = store.audit_extent(owner).await?;
    Ok(match () {
        () if seq < head.seq => Some((seq + 1, "records at the end are missing")),
        () if hash != head.hash => Some((seq, "the end of the chain is another one than was noted")),
        () => extent.and_then(|extent| extent.fault()),
    })
}
