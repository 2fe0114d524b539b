//! The limit that the handler is held against: warp, one route, one word.
//!
//! The same runtime, the same way to be given a port and the same probe as the handler.

use std::net::{Ipv4Addr, SocketAddr};

use warp::Filter as _;

fn main() {
    let port = std::env::var("FUNCTIONS_CUSTOMHANDLER_PORT").ok().and_then(|p| p.parse().ok());
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port.expect("a port is given")));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.expect("a runtime starts").block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await.expect("the port is free");
        let hello = warp::path::end().map(|| "hello");
        warp::serve(hello).incoming(listener).run().await;
    });
}
