//! Microsoft's in-memory emulator of Cosmos DB for `NoSQL`, served over HTTP.
