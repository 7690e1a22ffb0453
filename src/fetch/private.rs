//! Addresses that are no place on the open internet: this machine, the local network, the cloud's own
//! services. Where a person refuses them, no feed leads there, by whatever name or redirect.

use std::collections::HashSet;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use crate::source::{Failure, FailureKind, is_loopback};

/// IPv4 networks that IANA's special-purpose registry (RFC 6890) does not call globally reachable, and
/// multicast.
const PRIVATE_V4: [(Ipv4Addr, u32); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// Of IPv6 only 2000::/3 is given out; within it these are not for the open internet: IETF protocols
/// with Teredo, documentation (both).
const PRIVATE_V6: [(Ipv6Addr, u32); 3] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether an address leads elsewhere than to the open internet.
pub(super) fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_private_v4(address),
        IpAddr::V6(address) => match embedded(address) {
            Some(address) => is_private_v4(address),
            None => is_private_v6(address),
        },
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    PRIVATE_V4
        .iter()
        .any(|(network, bits)| (address.to_bits() ^ network.to_bits()) >> (32 - bits) == 0)
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    address.segments()[0] & 0xe000 != 0x2000
        || PRIVATE_V6
            .iter()
            .any(|(network, bits)| (address.to_bits() ^ network.to_bits()) >> (128 - bits) == 0)
}

/// The IPv4 address an IPv6 one stands for: mapped and compatible (RFC 4291, 2.5.5), translated (RFC 2765),
/// NAT64 (RFC 6052), 6to4 (RFC 3056).
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, ..] = address.segments();
    let low = Ipv4Addr::from_bits((address.to_bits() & 0xffff_ffff) as u32);
    match [a, b, c, d, e, f] {
        [0, 0, 0, 0, 0, 0xffff | 0] | [0, 0, 0, 0, 0xffff, 0] | [0x64, 0xff9b, 0, 0, 0, 0] => {
            Some(low)
        }
        [0x2002, ..] => Some(Ipv4Addr::from_bits(u32::from(b) << 16 | u32::from(c))),
        _ => None,
    }
}

/// A name all of whose addresses are private.
#[derive(Debug)]
pub(super) struct PrivateName;

impl fmt::Display for PrivateName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the name belongs to a private address")
    }
}

impl std::error::Error for PrivateName {}

/// What a request to such an address comes to.
pub(super) fn refused() -> Failure {
    Failure::new(
        FailureKind::Private,
        "not asked: it leads to a private address of this machine or network",
    )
    .with_hint("`[fetch] private_addresses = \"allow\"` in hallway.toml permits it")
}

/// Whether a URL names a private address outright. Names are looked up elsewhere.
pub(super) fn is_named(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => is_private(address.into()),
        Some(Host::Ipv6(address)) => is_private(address.into()),
        // RFC 6761, 6.3: whatever a name server says of it.
        Some(Host::Domain(name)) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            name == "localhost" || name.ends_with(".localhost")
        }
        None => false,
    }
}

/// The hosts of the proxies that the environment names: a person's own choice, wherever they are.
pub(super) fn own_proxies() -> HashSet<String> {
    proxies(|name| std::env::var(name).ok())
}

/// Whether one of them is on this machine.
pub(super) fn has_local_proxy() -> bool {
    let urls = own_proxies().into_iter();
    urls.filter_map(|host| Url::parse(&format!("http://{host}")).ok())
        .any(|url| is_loopback(&url))
}

fn proxies(variable: impl Fn(&str) -> Option<String>) -> HashSet<String> {
    let values = ["http_proxy", "https_proxy", "all_proxy"]
        .into_iter()
        .flat_map(|name| [variable(name), variable(&name.to_ascii_uppercase())]);
    values
        .flatten()
        .filter_map(|value| {
            let url = Url::parse(&value).ok().filter(Url::has_host);
            let url = url.or_else(|| Url::parse(&format!("http://{value}")).ok())?;
            url.host_str().map(str::to_ascii_lowercase)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_private_text(address: &str) -> bool {
        is_private(address.parse().unwrap_or_else(|_| panic!("{address}")))
    }

    #[test]
    fn addresses_of_machines_and_local_networks_are_private() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "198.19.0.1",
            "224.0.0.1",
            "239.1.1.1",
            "255.255.255.255",
            "240.0.0.1",
            "192.0.2.7",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.1.1.1",
            "::127.0.0.1",
            "::ffff:0:127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::1",
            "2002:c0a8:101::1",
            "fc00::1",
            "fdff::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "100::1",
            "3fff::1",
            "5f00::1",
        ] {
            assert!(is_private_text(address), "{address}");
        }
    }

    #[test]
    fn addresses_of_the_open_internet_are_not() {
        for address in [
            "1.1.1.1",
            "9.9.9.9",
            "100.63.255.255",
            "100.128.0.1",
            "126.1.1.1",
            "128.0.0.1",
            "169.253.1.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.167.1.1",
            "192.169.1.1",
            "198.17.1.1",
            "198.20.0.1",
            "223.255.255.255",
            "::ffff:9.9.9.9",
            "64:ff9b::909:909",
            "2002:909:909::1",
            "2a00:1450::1",
            "2606:4700::1",
            "2001:4860::1",
        ] {
            assert!(!is_private_text(address), "{address}");
        }
    }

    #[test]
    fn every_spelling_of_an_address_in_a_url_is_known() {
        for url in [
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f.0.0.1/",
            "http://0177.0.0.1/",
            "http://[::1]/",
            "http://[0:0:0:0:0:ffff:7f00:1]/",
            "http://LOCALHOST/",
            "http://localhost./",
            "http://a.localhost/",
            "http://①②⑦.0.0.1/",
            "http://127.0.0.1./",
        ] {
            assert!(is_named(&url.parse().unwrap()), "{url}");
        }
        for url in [
            "http://9.9.9.9/",
            "http://localhost.example/",
            "http://127.0.0.1.example/",
        ] {
            assert!(!is_named(&url.parse().unwrap()), "{url}");
        }
    }

    #[test]
    fn proxies_are_read_in_every_spelling() {
        let found = proxies(|name| match name {
            "http_proxy" => Some("Proxy.example:3128".to_owned()),
            "HTTPS_PROXY" => Some("http://ann:secret@other.example/".to_owned()),
            "all_proxy" => Some("http://[::1]:8080".to_owned()),
            _ => None,
        });
        let mut found: Vec<_> = found.iter().map(String::as_str).collect();
        found.sort_unstable();
        assert_eq!(found, ["[::1]", "other.example", "proxy.example"]);
    }
}
