//! Connections: how many there are, how many of them one client has, and how long one may keep an answer waiting.
//!
//! A connection is all that a stranger gets before anything is known of them, so nobody may take them all. HTTP/1 only: one connection is one
//! answer at a time. Nothing here may look at what is sent.

use crate::server::clock::{Clock, OnceAMinute};
use axum_server::accept::Accept;
use ipnet::IpNet;
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv6Addr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// A client that takes less than [`LEAST_BYTES`] of an answer in so long is cut off.
const WRITE_WITHIN: Duration = Duration::from_secs(20);
/// 26 kbit/s: slower than any line that a console is used over.
const LEAST_BYTES: usize = 64 * 1024;
/// Descriptors for everything but connections: the database, its files, the listener, the standard streams.
const OTHER_DESCRIPTORS: u64 = 256;
/// More than one machine of a console has use for.
const MOST_CONNECTIONS: u64 = 8_192;
/// One client may have this part of all connections, unless it is a proxy that is trusted: then it is many clients.
const SHARE_OF_ONE: usize = 4;
/// Takes connections in, and turns away those that are too many.
#[derive(Clone, Debug)]
pub struct Connections(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    most: usize,
    proxies: Vec<IpNet>,
    clock: Clock,
    open: Mutex<Open>,
    turned_away: OnceAMinute,
}

#[derive(Debug, Default)]
struct Open {
    all: usize,
    by_client: HashMap<IpAddr, usize>,
}

/// The descriptors this process may have: as many as the system lets it ask for.
#[must_use]
pub fn descriptors() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let allowed = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: allowed.maximum, maximum: allowed.maximum };
    // Nothing that is not there means no limit.
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => allowed.maximum.unwrap_or(u64::MAX),
        Err(_) => allowed.current.unwrap_or(u64::MAX),
    }
}

impl Connections {
    /// As many as the descriptors of this process allow.
    #[must_use]
    pub fn within(descriptors: u64, proxies: Vec<IpNet>, clock: Clock) -> Self {
        let most = descriptors.saturating_sub(OTHER_DESCRIPTORS).clamp(64, MOST_CONNECTIONS);
        Self(Arc::new(Inner {
            most: usize::try_from(most).unwrap_or(64),
            proxies,
            clock,
            open: Mutex::default(),
            turned_away: OnceAMinute::unsaid(),
        }))
    }

    /// A place for one more connection of a client; `None` when there is none.
    fn place(&self, client: IpAddr) -> Option<Place> {
        let inner = &self.0;
        let client = client.to_canonical();
        let is_proxy = inner.proxies.iter().any(|proxy| proxy.contains(&client));
        let key = network(client);
        let mut open = inner.open.lock().unwrap_or_else(PoisonError::into_inner);
        let own = open.by_client.get(&key).copied().unwrap_or(0);
        if open.all >= inner.most || (!is_proxy && own >= inner.most / SHARE_OF_ONE) {
            if let Some(count) = inner.turned_away.due(inner.clock.now_ms()) {
                tracing::warn!(open = open.all, most = inner.most, count, "connections were rejected because there are too many");
            }
            return None;
        }
        open.all += 1;
        open.by_client.insert(key, own + 1);
        Some(Place { connections: self.clone(), key })
    }
}

/// One site has a whole /64 of IPv6 addresses to itself.
fn network(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(_) => client,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) >> 64 << 64)),
    }
}

/// The place of one connection; given back when it is dropped.
#[derive(Debug)]
struct Place {
    connections: Connections,
    key: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.connections.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.all -= 1;
        if let Some(own) = open.by_client.get_mut(&self.key) {
            *own -= 1;
            if *own == 0 {
                open.by_client.remove(&self.key);
            }
        }
    }
}

impl<S> Accept<TcpStream, S> for Connections {
    type Stream = Connection<TcpStream>;
    type Service = S;
    type Future = std::future::Ready<io::Result<(Self::Stream, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        std::future::ready(stream.peer_addr().and_then(|client| {
            let place = self.place(client.ip()).ok_or_else(|| io::Error::other("too many connections"))?;
            // Otherwise a streamed answer waits for the acknowledgement of its first part: 40 ms each.
            stream.set_nodelay(true)?;
            Ok((Connection::new(stream, Some(place)), service))
        }))
    }
}

/// A connection that ends when its client does not take what it asked for.
#[derive(Debug)]
pub struct Connection<S> {
    stream: S,
    within: Duration,
    /// Runs while the client keeps us waiting, with the bytes it took since.
    waiting: Option<(Pin<Box<Sleep>>, usize)>,
    _place: Option<Place>,
}

impl<S> Connection<S> {
    fn new(stream: S, place: Option<Place>) -> Self {
        Self { stream, within: WRITE_WITHIN, waiting: None, _place: place }
    }

    /// What came of a write, or its end when the client has been too slow.
    fn timed(&mut self, written: Poll<io::Result<usize>>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        match (&written, &mut self.waiting) {
            (Poll::Ready(Ok(bytes)), Some((_, taken))) => {
                *taken += bytes;
                if *taken >= LEAST_BYTES {
                    self.waiting = None;
                }
            }
            (Poll::Pending, waiting) => {
                let (until, _) = waiting.get_or_insert_with(|| (Box::pin(sleep(self.within)), 0));
                if until.as_mut().poll(cx).is_ready() {
                    return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
                }
            }
            _ => {}
        }
        written
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Connection<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.timed(written, cx)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, parts: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.timed(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        // Everything that there was to send has been taken.
        if flushed.is_ready() {
            self.waiting = None;
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt as _;

    fn connections(descriptors: u64, proxies: &[&str]) -> Connections {
        let proxies = proxies.iter().map(|net| net.parse().unwrap()).collect();
        Connections::within(descriptors, proxies, Clock::fixed(0))
    }

    fn places(connections: &Connections, client: &str) -> Vec<Place> {
        let client = client.parse().unwrap();
        std::iter::from_fn(|| connections.place(client)).take(10_000).collect()
    }

    #[test]
    fn one_client_takes_a_part_and_all_together_no_more_than_the_descriptors() {
        let connections = connections(1_024, &[]);
        let first = places(&connections, "192.0.2.1");
        assert_eq!(first.len(), 192);
        assert_eq!(places(&connections, "::ffff:192.0.2.1").len(), 0, "the same client");
        let others: Vec<_> = (2..10).map(|host| places(&connections, &format!("192.0.2.{host}"))).collect();
        assert_eq!(first.len() + others.iter().map(Vec::len).sum::<usize>(), 768);
        drop(first);
        assert_eq!(places(&connections, "2001:db8::1").len(), 192, "places come back");
        drop(others);
        assert!(connections.0.open.lock().unwrap().by_client.is_empty());
    }

    #[test]
    fn a_site_of_ipv6_is_one_client_and_a_trusted_proxy_is_many() {
        let connections = connections(1_024, &["10.0.0.0/8"]);
        let site: Vec<_> = (0..1_000).filter_map(|host| connections.place(IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, host]))).collect();
        assert_eq!(site.len(), 192);
        assert_eq!(places(&connections, "10.0.0.1").len(), 768 - 192);
    }

    #[tokio::test]
    async fn who_does_not_take_the_answer_is_cut_off() {
        let (server, _client) = tokio::io::duplex(1_024);
        let mut connection = Connection::new(server, None);
        connection.within = Duration::from_millis(10);
        let error = connection.write_all(&[0; 2_048]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_few_bytes_do_not_buy_more_time_and_many_do() {
        let mut connection = Connection::new(tokio::io::duplex(1).0, None);
        let cx = &mut Context::from_waker(std::task::Waker::noop());
        let waits = |connection: &Connection<_>| connection.waiting.is_some();
        assert!(connection.timed(Poll::Ready(Ok(1)), cx).is_ready() && !waits(&connection), "nobody waits yet");
        assert!(connection.timed(Poll::Pending, cx).is_pending() && waits(&connection));
        assert!(connection.timed(Poll::Ready(Ok(1_024)), cx).is_ready() && waits(&connection));
        assert!(connection.timed(Poll::Ready(Ok(LEAST_BYTES)), cx).is_ready() && !waits(&connection));
        assert!(connection.timed(Poll::Pending, cx).is_pending() && waits(&connection));
        connection.flush().await.unwrap();
        assert!(!waits(&connection), "all of it was taken");
    }
}
