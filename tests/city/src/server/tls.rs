//! The city's own test CA and its server certificate.
//!
//! Invariant: the CA is made once in a folder and kept there, so that a phone that trusts its file trusts the same city
//! after a restart; the server's certificate is made anew at each start, dated by the city's clock.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hues_env::Wall;
use rcgen::{
    date_time_ymd, BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::ServerConfig;

use crate::error::CityError;

/// A server certificate is good from a day before the start; 397 days is what browsers accept at most.
const SERVER_DAYS: u64 = 397;

/// What the listener needs, and the file a client trusts.
pub(crate) struct Tls {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) ca_file: PathBuf,
}

/// Takes the CA of `dir` (makes it if there is none) and signs a server certificate for loopback names.
pub(crate) fn set_up(dir: &Path, now: Wall) -> Result<Tls, CityError> {
    let (ca_file, key_file) = (dir.join("ca.pem"), dir.join("ca-key.pem"));
    let ca_params = ca_params()?;
    if !(ca_file.is_file() && key_file.is_file()) {
        let key = KeyPair::generate()?;
        // The key first: a CA file without its key would be trusted and useless.
        write_secret(&key_file, &key.serialize_pem())?;
        fs::write(&ca_file, ca_params.self_signed(&key)?.pem())?;
    }
    let issuer = Issuer::new(
        ca_params,
        KeyPair::from_pem(&fs::read_to_string(&key_file)?)?,
    );

    let key = KeyPair::generate()?;
    let mut server = CertificateParams::new([
        "localhost".to_owned(),
        "127.0.0.1".to_owned(),
        "::1".to_owned(),
    ])?;
    server
        .distinguished_name
        .push(DnType::CommonName, "Hue-S sandbox city");
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.use_authority_key_identifier_extension = true;
    let day = 86_400;
    let start = date_time_ymd(1970, 1, 1)
        + Duration::from_secs((now.0 / 1_000 - day).max(0).unsigned_abs());
    (server.not_before, server.not_after) = (
        start,
        start + Duration::from_secs(SERVER_DAYS * day.unsigned_abs()),
    );
    let certificate = server.signed_by(&key, &issuer)?;

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Tls {
        config: Arc::new(config),
        ca_file,
    })
}

/// The same for each start: an issuer's name and key identifier must match the kept certificate's.
fn ca_params() -> Result<CertificateParams, CityError> {
    let mut ca = CertificateParams::new(Vec::<String>::new())?;
    ca.distinguished_name
        .push(DnType::CommonName, "Hue-S sandbox CA (tests only)");
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    (ca.not_before, ca.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2049, 12, 31));
    Ok(ca)
}

fn write_secret(path: &Path, text: &str) -> Result<(), CityError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    Ok(file.sync_all()?)
}
