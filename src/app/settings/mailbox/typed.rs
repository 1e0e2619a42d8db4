//! Servers as they are typed and shown: `host`, `host:port`, `[::1]:port`.

use crate::domain::mailbox::{Endpoint, Service};

fn example(service: Service) -> &'static str {
    match service {
        Service::Imap => "imap.example.com:993",
        Service::Submission => "smtp.example.com:465",
    }
}

/// `host` or `host:port` or `[::1]:port` as it is typed; `now` gives what was not typed.
///
/// # Errors
/// A sentence about the part that is wrong.
pub fn endpoint(typed: &str, service: Service, now: &Endpoint) -> Result<Endpoint, String> {
    let example = example(service);
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(format!("a server is missing; write one such as {example}"));
    }
    if let Some((scheme, _)) = typed.split_once("://") {
        return Err(format!("leave out {scheme}://, as in {example}"));
    }
    let (host, port) = match typed
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        Some((host, rest)) => (host, rest.strip_prefix(':')),
        None => match typed.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (typed, None),
        },
    };
    let is_v6 = typed.starts_with('[');
    let wrong = |c: &char| {
        !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_') || (is_v6 && matches!(c, ':' | '%')))
    };
    if let Some(c) = host.chars().find(wrong) {
        return Err(match c {
            ' ' => "there is a space in the server's name".into(),
            '@' => "that is an address; a server's name has no @".into(),
            ':' => "write an IPv6 address in brackets, as in [::1]:993".into(),
            c => format!("“{}” cannot stand in a server's name", c.escape_default()),
        });
    }
    if host.is_empty() || host.starts_with('.') || host.ends_with('.') || host.contains("..") {
        return Err(format!(
            "a part of the server's name is missing; write {example}"
        ));
    }
    let Some(port) = port else {
        let kept = if host == now.host {
            now.port
        } else {
            service.usual_port(now.security)
        };
        return Ok(Endpoint {
            host: host.to_owned(),
            port: kept,
            security: now.security,
        });
    };
    let number = port.parse::<u16>().ok().filter(|number| *number > 0);
    let Some(port) = number.filter(|_| port.chars().all(|c| c.is_ascii_digit())) else {
        return Err(format!("“{port}” is not a port; ports go from 1 to 65535"));
    };
    let security = if port == now.port {
        now.security
    } else {
        service.proposed(port, now.security)
    };
    Ok(Endpoint {
        host: host.to_owned(),
        port,
        security,
    })
}

/// A server as it is shown and typed.
pub fn shown(endpoint: &Endpoint) -> String {
    let Endpoint { host, port, .. } = endpoint;
    match (host.is_empty(), host.contains(':')) {
        (true, _) => String::new(),
        (_, true) => format!("[{host}]:{port}"),
        _ => format!("{host}:{port}"),
    }
}
