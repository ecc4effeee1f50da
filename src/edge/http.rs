//! The HTTPS client that GitHub and the models are reached with: whose word it takes for a server's name, and how long it waits.

use std::sync::Once;
use std::time::Duration;

use anyhow::Context as _;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

/// Long enough for a runner behind a slow proxy; a host that does not answer by then is down.
const CONNECT_SECONDS_MAX: u64 = 20;

/// Where Linux systems keep the authorities they believe, in one file: Debian and Arch, Fedora, openSUSE, Alpine.
const SYSTEM_ROOTS: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// A client that follows no redirects and gives up when nothing comes for `silence`.
///
/// It asks no variable for a proxy or for certificates (T4). Mozilla's roots are built in and the system's are added,
/// so that it works in a container that has none and behind a company's own authority.
pub fn client(silence: Duration, proxy: Option<&str>) -> anyhow::Result<reqwest::Client> {
    install_crypto();
    let built_in = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned();
    let roots = built_in.chain(system_roots()).filter_map(|der| reqwest::Certificate::from_der(&der).ok());
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("self-heal/", env!("CARGO_PKG_VERSION")))
        .tls_certs_only(roots)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(CONNECT_SECONDS_MAX))
        .read_timeout(silence);
    if let Some(proxy) = proxy {
        builder = builder.proxy(reqwest::Proxy::all(proxy).context("read the proxy's address")?);
    }
    builder.build().context("make the HTTPS client")
}

/// Read here and not by a crate, because each of those looks at `SSL_CERT_FILE` first. One that cannot be used is left out.
fn system_roots() -> Vec<CertificateDer<'static>> {
    let Some(pem) = SYSTEM_ROOTS.iter().find_map(|path| std::fs::read(path).ok()) else { return Vec::new() };
    let usable = |der: &CertificateDer<'static>| RootCertStore::empty().add(der.clone()).is_ok();
    CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok).filter(usable).collect()
}

/// Without this reqwest panics at its first client: it is built without a provider, because the default one needs cmake.
fn install_crypto() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // An error says that somebody installed one before us, which is as good.
        let _already_there = rustls::crypto::ring::default_provider().install_default();
    });
}

#[cfg(test)]
mod tests {
    use super::client;
    use std::time::Duration;

    #[test]
    fn two_clients_can_be_made() {
        client(Duration::from_secs(1), None).expect("the first");
        client(Duration::from_secs(1), Some("http://127.0.0.1:1")).expect("the second, with a proxy");
    }
}
