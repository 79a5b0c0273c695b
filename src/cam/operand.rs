//! The typed values conditions compare: decimal numbers of any size, instants, networks and booleans.
//!
//! It must never round a number or guess a format: what cannot be read exactly is no value.

use super::instant::{Instant, has_shape, is_digits};
use ipnet::{IpNet, Ipv4Net};
use std::cmp::Ordering;
use std::net::IpAddr;

/// A decimal number over its text, of any size and precision: UINs exceed what a float holds exactly.
#[derive(Clone, Copy, Debug)]
pub struct Number<'t> {
    negative: bool,
    /// Digits before and behind the point; together without leading and trailing zeros, both empty for zero.
    whole: &'t [u8],
    fraction: &'t [u8],
    /// The power of ten of the first digit that is not zero.
    lead: i128,
}

impl<'t> Number<'t> {
    /// Reads a number in JSON's notation (`10`, `-0.5`, `1e3`); nothing else is a number, blanks and leading zeros included.
    #[must_use]
    pub fn parse(text: &'t str) -> Option<Self> {
        let (negative, body) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = match body.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None => (body, None),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) if is_digits(fraction) => (whole, fraction),
            Some(_) => return None,
            None => (mantissa, ""),
        };
        if !is_digits(whole) || (whole.len() > 1 && whole.starts_with('0')) {
            return None;
        }
        let exponent = match exponent {
            None => 0,
            Some(text) => {
                let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
                if !is_digits(digits) {
                    return None;
                }
                // An exponent beyond 64 bits cannot be told from another one; no quantity of this world has it.
                let size = i128::from(digits.parse::<i64>().unwrap_or(i64::MAX));
                if text.starts_with('-') { -size } else { size }
            }
        };
        let mut lead = exponent + i128::try_from(whole.len()).ok()? - 1;
        let mut whole = whole.trim_start_matches('0');
        let mut fraction = fraction.trim_end_matches('0');
        if whole.is_empty() {
            let bare = fraction.trim_start_matches('0');
            lead -= i128::try_from(fraction.len() - bare.len()).ok()? + 1;
            fraction = bare;
        }
        if fraction.is_empty() {
            whole = whole.trim_end_matches('0');
        }
        let zero = whole.is_empty() && fraction.is_empty();
        Some(Self {
            negative: negative && !zero,
            whole: whole.as_bytes(),
            fraction: fraction.as_bytes(),
            lead: if zero { i128::MIN } else { lead },
        })
    }

    fn magnitude(&self, other: &Self) -> Ordering {
        self.lead.cmp(&other.lead).then_with(|| {
            let digits = self.whole.iter().chain(self.fraction);
            digits.cmp(other.whole.iter().chain(other.fraction))
        })
    }
}

impl Ord for Number<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.magnitude(other),
            (true, true) => other.magnitude(self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Number<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Number<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number<'_> {}

/// An instant as a policy writes it: `YYYY-MM-DDThh:mm:ss[.f]Z`, nothing else. People write `9999-12-31T23:59:59Z` for "for ever".
#[must_use]
pub fn policy_instant(text: &str) -> Option<Instant> {
    Instant::read(text.strip_suffix('Z')?)
}

/// An instant as a request carries it: the same with `Z` or an offset `±hh:mm`, which is normalised to UTC.
#[must_use]
pub fn request_instant(text: &str) -> Option<Instant> {
    if let Some(body) = text.strip_suffix('Z') {
        return Instant::read(body);
    }
    let (body, offset) = text.split_at_checked(text.len().checked_sub("+hh:mm".len())?)?;
    let (ahead, clock) = match offset.strip_prefix('+') {
        Some(clock) => (1, clock),
        None => (-1, offset.strip_prefix('-')?),
    };
    if !has_shape(clock, "dd:dd") {
        return None;
    }
    let (hours, minutes) = clock.split_once(':')?;
    let hours = hours.parse::<i64>().ok().filter(|hours| *hours < 24)?;
    let minutes = minutes.parse::<i64>().ok().filter(|minutes| *minutes < 60)?;
    Instant::read(body)?.moved(-ahead * (hours * 60 + minutes) * 60, 0)
}

/// A network as a policy writes it: an address, or CIDR whose host bits are ignored. An IPv4 network written as mapped IPv6 is IPv4.
#[must_use]
pub fn policy_network(text: &str) -> Option<IpNet> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => {
            let plain = is_digits(length) && length.len() <= 3 && (length == "0" || !length.starts_with('0'));
            (address, Some(length.parse::<u8>().ok().filter(|_| plain)?))
        }
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let widest = if address.is_ipv4() { 32 } else { 128 };
    let length = length.unwrap_or(widest);
    if let IpAddr::V6(six) = address
        && let Some(four) = six.to_ipv4_mapped()
        && let Some(short) = length.checked_sub(96)
    {
        return Ipv4Net::new(four, short).ok().map(|network| IpNet::V4(network.trunc()));
    }
    IpNet::new(address, length).ok().map(|network| network.trunc())
}

/// The address of a caller; IPv4 mapped into IPv6 is IPv4.
#[must_use]
pub fn request_address(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

/// `true` or `false`, spelled exactly so.
#[must_use]
pub fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}
