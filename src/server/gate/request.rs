//! What a request tells about who sent it, before anybody knows who that is.
//!
//! Only `http` fills it in for requests from outside; nothing here is believed to be more than what was sent.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, OnceLock};

/// Characters of a browser's self-description that are kept.
pub const AGENT_CHARS: usize = 160;

/// What a request tells about who sent it.
#[derive(Clone, Debug)]
pub struct RequestFacts {
    /// The token of the session cookie.
    pub token: Option<String>,
    /// A new token that the session goes on under; the answer brings it to the browser.
    pub renewed: Arc<OnceLock<String>>,
    /// The address of the client, behind trusted proxies the one they name; `None` when they name none that can be read.
    pub address: Option<IpAddr>,
    /// What the browser says of itself, without control characters; at most [`AGENT_CHARS`].
    pub agent: String,
    /// The id of the request, also in the log and in refusals.
    pub request_id: String,
    /// Where people reach the console, `https://console.example.com`: as configured, else as this request was addressed.
    pub origin: String,
}

impl RequestFacts {
    /// The facts of what this process asks of itself, with the token of a session if it has one.
    #[must_use]
    pub fn local(request_id: &str, token: Option<String>) -> Self {
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Self {
            token,
            renewed: Arc::default(),
            address: Some(address),
            agent: String::new(),
            request_id: request_id.to_owned(),
            origin: String::new(),
        }
    }

    /// The facts of what the console does by itself: it comes from nowhere.
    #[must_use]
    pub fn of_the_console() -> Self {
        Self { address: None, ..Self::local("", None) }
    }

    /// The address that attempts are counted by; clients that cannot be told apart share one.
    #[must_use]
    pub fn counted_as(&self) -> IpAddr {
        self.address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
    }

    /// The address for lists that people read, empty when it is unknown.
    #[must_use]
    pub fn address_text(&self) -> String {
        self.address.map_or_else(String::new, |address| address.to_string())
    }
}

/// The network an address belongs to, as accounts are known by it: people change their address more often than their provider.
#[must_use]
pub(super) fn network_of(address: Option<IpAddr>) -> String {
    let network = match address {
        Some(IpAddr::V4(v4)) => Ipv4Net::new(v4, 24).ok().map(|net| IpNet::V4(net.trunc())),
        Some(IpAddr::V6(v6)) => Ipv6Net::new(v6, 48).ok().map(|net| IpNet::V6(net.trunc())),
        None => None,
    };
    network.map_or_else(|| "unknown".to_owned(), |network| network.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_those_of_providers() {
        let network = |address: &str| network_of(address.parse().ok());
        assert_eq!(network("203.0.113.9"), "203.0.113.0/24");
        assert_eq!(network("2001:db8:1:2:3::4"), "2001:db8:1::/48");
        assert_eq!(network("unknown"), "unknown");
    }
}
