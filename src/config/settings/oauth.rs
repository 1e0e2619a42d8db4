//! The tables `[oauth.NAME]`: who signs people in with OAuth2.

use std::fmt::Write;

use url::Url;

use super::Settings;
use super::read::{Value, flag, text};
use super::table::quoted;
use crate::domain::oauth::provider::Described;
use crate::domain::oauth::{ClientSecret, IdentityProvider, Providers};

/// What the example file shows.
pub(super) const EXAMPLE: &str = "\
# [oauth.google]
# client_id = \"1234-abc.apps.googleusercontent.com\"
# client_secret_command = \"pass show oauth/google\"
# [oauth.microsoft]
# client_id = \"00000000-0000-0000-0000-000000000000\"
# tenant = \"contoso.onmicrosoft.com\"
# device = false
# [oauth.acme]
# client_id = \"ticketty\"
# authorize_url = \"https://login.acme.example/authorize\"
# token_url = \"https://login.acme.example/token\"
# device_url = \"https://login.acme.example/device\"
# scopes = [\"mail\", \"offline_access\"]
# issuer = \"https://login.acme.example\"
";

pub(super) fn read(settings: &mut Settings, value: &Value<'_>) -> Result<(), String> {
    let wrong = || "every provider is a table, such as [oauth.google]".to_owned();
    let mut providers = Providers::default();
    for (name, table) in value.as_table().ok_or_else(wrong)? {
        let name = name.get_ref().as_ref();
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || !name.chars().all(is_plain) {
            return Err("the name of a provider has small letters, digits and - only".into());
        }
        let mut described = Described::default();
        for (key, value) in table.get_ref().as_table().ok_or_else(wrong)? {
            // Both ways of writing a name of two words are seen in the wild.
            let key = key.get_ref().replace('-', "_");
            take(&mut described, &key, value.get_ref())
                .map_err(|what| format!("{name}: {key}: {what}"))?;
        }
        let provider = described
            .named(name)
            .map_err(|what| format!("{name}: {what}"))?;
        providers.insert(provider);
    }
    settings.oauth = providers;
    Ok(())
}

fn take(described: &mut Described, key: &str, value: &Value<'_>) -> Result<(), String> {
    match key {
        "client_id" => text(value)?.clone_into(&mut described.client_id),
        "client_secret" => {
            described.client_secret = Some(ClientSecret::Kept(text(value)?.to_owned()));
        }
        "client_secret_command" => {
            described.client_secret = Some(ClientSecret::Command(text(value)?.to_owned()));
        }
        "authorize_url" => described.authorize_url = Some(address(value)?),
        "token_url" => described.token_url = Some(address(value)?),
        "device_url" => described.device_url = Some(address(value)?),
        "scopes" => described.scopes = scopes(value)?,
        "issuer" => described.issuer = Some(text(value)?.to_owned()),
        "device" => described.device = Some(flag(value)?),
        "tenant" => described.tenant = Some(text(value)?.to_owned()),
        _ => {
            return Err(
                "not known; there are client_id, client_secret_command, client_secret, authorize_url, token_url, \
                 device_url, scopes, issuer, device and tenant"
                    .into(),
            );
        }
    }
    Ok(())
}

/// HTTPS, or this very machine.
fn address(value: &Value<'_>) -> Result<Url, String> {
    let url = Url::parse(text(value)?).map_err(|error| error.to_string())?;
    let is_here = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    if url.scheme() == "https" || (url.scheme() == "http" && is_here) {
        return Ok(url);
    }
    Err("the address must begin with https://".into())
}

/// A list of words, or words in one text.
fn scopes(value: &Value<'_>) -> Result<Vec<String>, String> {
    if let Some(list) = value.as_array() {
        return list
            .iter()
            .map(|item| text(item.get_ref()).map(str::to_owned))
            .collect();
    }
    Ok(text(value)?.split_whitespace().map(str::to_owned).collect())
}

/// The tables in force. A client secret that stands in the file is not repeated.
pub(super) fn shown(settings: &Settings) -> String {
    let mut out = String::new();
    for name in settings.oauth.names() {
        if let Ok(provider) = settings.oauth.find(&name) {
            table(&mut out, provider);
        }
    }
    out
}

fn table(out: &mut String, provider: &IdentityProvider) {
    let _ = writeln!(out, "\n[oauth.{}]", provider.name);
    let mut line = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            let _ = writeln!(out, "{key} = {value}");
        }
    };
    let url = |url: &Url| quoted(url.as_str());
    line("client_id", Some(quoted(&provider.client_id)));
    if let Some(ClientSecret::Command(command)) = &provider.client_secret {
        line("client_secret_command", Some(quoted(command)));
    }
    line("authorize_url", Some(url(&provider.authorize_url)));
    line("token_url", Some(url(&provider.token_url)));
    line("device_url", provider.device_url.as_ref().map(url));
    let scopes: Vec<String> = provider.scopes.iter().map(|word| quoted(word)).collect();
    line("scopes", Some(format!("[{}]", scopes.join(", "))));
    line("issuer", provider.issuer.as_deref().map(quoted));
    line("device", Some(provider.allows_device.to_string()));
    line("tenant", provider.tenant.as_deref().map(quoted));
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use std::path::Path;

    use super::super::parse;

    #[test]
    fn providers_are_read_and_shown_again_without_their_secret() {
        let text = "[oauth.google]\nclient-id = \"g\"\nclient_secret = \"canary\"\n\
             [oauth.acme]\nclient_id = \"a\"\nauthorize_url = \"https://a.test/auth\"\n\
             token_url = \"https://a.test/token\"\ndevice_url = \"https://a.test/dev\"\nscopes = \"mail offline\"\ndevice = true\n";
        let settings = parse(text, Path::new("c")).unwrap();
        assert_eq!(settings.oauth.names(), ["acme", "google"]);
        let acme = settings.oauth.find("acme").unwrap();
        assert!(acme.allows_device);
        assert_eq!(acme.scopes, ["mail", "offline"]);
        let shown = super::super::shown(&settings);
        assert!(!shown.contains("canary"), "{shown}");
        let again = parse(&shown, Path::new("c")).unwrap();
        assert_eq!(again.oauth.find("acme").unwrap(), acme);
    }

    #[test]
    fn mistakes_are_named() {
        for (text, words) in [
            ("[oauth.google]\n", "console.cloud.google.com"),
            (
                "[oauth.acme]\nclient_id = \"a\"\n",
                "authorize_url is missing",
            ),
            (
                "[oauth.acme]\nclient_id = \"a\"\ntoken_url = \"http://a.test/\"\n",
                "https://",
            ),
            ("[oauth.acme]\nclientid = \"a\"\n", "not known"),
            ("oauth = 3\n", "[oauth.google]"),
            ("[oauth.Acme]\nclient_id = \"a\"\n", "small letters"),
        ] {
            let trouble = parse(text, Path::new("c")).unwrap_err();
            assert!(trouble.to_string().contains(words), "{text}: {trouble}");
        }
    }
}
