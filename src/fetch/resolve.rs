//! Looks host names up, each once: one resolver for all clients of a run.
//!
//! The system's own resolver does it, so that `/etc/hosts`, a VPN's domains and the like hold. It caches
//! on few systems, and never what it did not find.

use std::collections::{HashMap, HashSet};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::private::{PrivateName, is_private};

/// For how long an answer holds: longer than a run, shorter than a watch's round.
const FRESH: Duration = Duration::from_secs(10 * 60);

/// Beyond it the cache begins anew; a run of that many hosts has others in flight.
const MOST_NAMES: usize = 10_000;

#[derive(Debug, Default)]
pub(super) struct Resolver {
    names: Mutex<HashMap<String, Arc<Looked>>>,
    /// Private addresses are left out of every answer, so that whatever a name server says at the moment
    /// of connecting, nothing connects there.
    refuse_private: bool,
    /// Names for which they are not.
    proxies: HashSet<String>,
}

#[derive(Debug)]
struct Looked {
    at: Instant,
    /// Filled by the first who asks; the others wait for it. `None` in it: not found.
    found: OnceCell<Option<Arc<[SocketAddr]>>>,
}

impl Resolver {
    /// Leaves private addresses out, other than those of the person's own proxies.
    pub(super) fn refusing_private(proxies: HashSet<String>) -> Self {
        Self {
            refuse_private: true,
            proxies,
            ..Self::default()
        }
    }

    /// With this answer for a name instead of the system's.
    #[cfg(test)]
    pub(super) fn knowing(name: &str, addresses: &[SocketAddr]) -> Self {
        let resolver = Self::default();
        let found = OnceCell::new_with(Some(Some(addresses.into())));
        let looked = Looked {
            at: Instant::now(),
            found,
        };
        let mut names = resolver
            .names
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        names.insert(name.to_owned(), Arc::new(looked));
        drop(names);
        resolver
    }

    pub(super) fn refuses_private(&self) -> bool {
        self.refuse_private
    }

    /// Whether a name a feed led to is to be refused although no connection of ours would show it: with a
    /// proxy, which looks names up itself.
    pub(super) async fn is_private_behind_proxy(&self, name: &str) -> bool {
        if self.proxies.is_empty() {
            return false;
        }
        let place = self.place(name);
        let found = place.found.get_or_init(|| look_up(name.to_owned())).await;
        found
            .as_ref()
            .is_some_and(|found| found.iter().any(|address| is_private(address.ip())))
    }

    fn place(&self, name: &str) -> Arc<Looked> {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = names.get(name)
            && known.at.elapsed() < FRESH
        {
            return Arc::clone(known);
        }
        if names.len() >= MOST_NAMES {
            names.clear();
        }
        let place = Arc::new(Looked {
            at: Instant::now(),
            found: OnceCell::new(),
        });
        names.insert(name.to_owned(), Arc::clone(&place));
        place
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let place = self.place(name.as_str());
        let filtered = self.refuse_private && !self.proxies.contains(name.as_str());
        Box::pin(async move {
            let look = || look_up(name.as_str().to_owned());
            match place.found.get_or_init(look).await {
                Some(found) => {
                    let mut found = found.to_vec();
                    found.retain(|address| !(filtered && is_private(address.ip())));
                    if found.is_empty() {
                        return Err(PrivateName.into());
                    }
                    let addresses: Addrs = Box::new(found.into_iter());
                    Ok(addresses)
                }
                None => Err(io::Error::from(io::ErrorKind::NotFound).into()),
            }
        })
    }
}

/// Both IPv6 and IPv4 addresses, in the system's order of preference: whoever connects races them.
async fn look_up(name: String) -> Option<Arc<[SocketAddr]>> {
    let found: Vec<SocketAddr> = tokio::net::lookup_host((name, 0)).await.ok()?.collect();
    (!found.is_empty()).then(|| found.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(resolver: &Resolver, name: &str) -> Option<usize> {
        let found = resolver.resolve(name.parse().unwrap()).await;
        found.ok().map(Iterator::count)
    }

    #[tokio::test]
    async fn a_name_is_looked_up_once_found_or_not() {
        let resolver = Resolver::default();
        assert!(ask(&resolver, "localhost").await.unwrap() > 0);
        assert_eq!(ask(&resolver, "nobody.invalid").await, None);
        let before: Vec<_> = ["localhost", "nobody.invalid"]
            .map(|name| resolver.place(name))
            .into();
        assert!(before.iter().all(|looked| looked.found.initialized()));
        ask(&resolver, "nobody.invalid").await;
        assert!(Arc::ptr_eq(&before[1], &resolver.place("nobody.invalid")));
    }

    #[tokio::test]
    async fn private_addresses_are_left_out_but_for_the_persons_proxy() {
        let resolver = Resolver::refusing_private(HashSet::new());
        let error = resolver.resolve("localhost".parse().unwrap()).await.err();
        assert!(error.unwrap().is::<PrivateName>());
        let known = HashSet::from(["localhost".to_owned()]);
        let resolver = Resolver::refusing_private(known);
        assert!(ask(&resolver, "localhost").await.unwrap() > 0);
        assert!(resolver.is_private_behind_proxy("localhost").await);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_does_not_hold_for_ever() {
        let resolver = Resolver::default();
        let first = resolver.place("blog.example");
        tokio::time::advance(FRESH).await;
        assert!(!Arc::ptr_eq(&first, &resolver.place("blog.example")));
    }
}
