//! The HTTP clients of a run: through the proxy or not, with HTTP/2 or without, all with one resolver.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::{Client, ClientBuilder};
use url::Url;

use super::Settings;
use super::private;
use super::resolve::Resolver;
use crate::source::{Failure, FailureKind, is_loopback};

/// A feed's answer has some thirty headers; behind this many is a server gone wild.
const MOST_HEADERS: usize = 128;

/// Of all headers of an HTTP/2 answer, in bytes.
const LARGEST_HEADERS: u32 = 64 * 1024;

/// How long a connection is kept for the host's next feed, which is asked as soon as it may. Each holds as much
/// memory as the largest piece of an answer it has read at once, so that a thousand hosts would hold 80 MiB.
const IDLE: Duration = Duration::from_millis(500);

/// Made when first needed: each has its own connections and its own reading of the certificates.
#[derive(Debug)]
pub(super) struct Clients {
    settings: Settings,
    resolver: Arc<Resolver>,
    /// The person's proxy is on this machine, too: `no_proxy` says what it is not for, as for any program.
    has_local_proxy: bool,
    /// By [`Kind`].
    made: [OnceLock<Client>; 4],
}

/// Which client a request takes.
#[derive(Debug, Clone, Copy)]
struct Kind {
    /// For this machine's own addresses, which a proxy elsewhere cannot reach.
    direct: bool,
    http1_only: bool,
}

impl Clients {
    pub(super) fn new(settings: Settings) -> Self {
        let resolver = Self::resolver(&settings);
        Self::with_resolver(settings, resolver)
    }

    pub(super) fn with_resolver(settings: Settings, resolver: Resolver) -> Self {
        // An error means that it is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            settings,
            resolver: Arc::new(resolver),
            // The unit tests' servers are here, whatever the machine's environment says.
            has_local_proxy: cfg!(not(test)) && private::has_local_proxy(),
            made: Default::default(),
        }
    }

    fn resolver(settings: &Settings) -> Resolver {
        match settings.refuse_private {
            true => Resolver::refusing_private(private::own_proxies()),
            false => Resolver::default(),
        }
    }

    /// Whether a person lets this URL be asked: what the resolver cannot refuse is refused here.
    pub(super) async fn permit(&self, url: &Url) -> Result<(), Failure> {
        if !self.resolver.refuses_private() {
            return Ok(());
        }
        let name = url.domain().unwrap_or_default();
        if private::is_named(url) || self.resolver.is_private_behind_proxy(name).await {
            return Err(private::refused());
        }
        Ok(())
    }

    /// Through the system's proxies, where there are any (`https_proxy`, `no_proxy`). Fails only where
    /// the system's certificates cannot be read.
    pub(super) fn of(&self, url: &Url, http1_only: bool) -> Result<&Client, Failure> {
        let kind = Kind {
            direct: is_loopback(url) && !self.has_local_proxy,
            http1_only,
        };
        let place = &self.made[usize::from(kind.direct) * 2 + usize::from(kind.http1_only)];
        if let Some(client) = place.get() {
            return Ok(client);
        }
        let client = self.builder(kind).build().map_err(|_| {
            Failure::new(FailureKind::Tls, "the system's certificates cannot be read")
        })?;
        // Another request may have been quicker; its connections are the ones to share.
        Ok(place.get_or_init(|| client))
    }

    fn builder(&self, kind: Kind) -> ClientBuilder {
        let builder = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(self.settings.connect_timeout)
            .pool_max_idle_per_host(self.settings.per_host.max(1))
            .pool_idle_timeout(IDLE)
            .http1_max_headers(MOST_HEADERS)
            .http2_max_header_list_size(LARGEST_HEADERS)
            .dns_resolver(Arc::clone(&self.resolver));
        let builder = match kind.direct {
            true => builder.no_proxy(),
            false => builder,
        };
        match kind.http1_only {
            true => builder.http1_only(),
            false => builder,
        }
    }
}
