// Sends bytes by a link with the vendor's unmodified client, as a page would, twice; tells as one line of JSON
// {"etag", "again"}; `again` is why the same link does not send twice.
//
// usage: node blob.mjs <link> <content type> <number of bytes>

import { BlockBlobClient } from "@azure/storage-blob";

const [link, type, count] = process.argv.slice(2);

const blob = new BlockBlobClient(link);
const send = () => blob.uploadData(Buffer.alloc(Number(count), 7), { blobHTTPHeaders: { blobContentType: type } });
const { etag } = await send();
const again = await send().then(() => "sent twice", (error) => error.code);
console.log(JSON.stringify({ etag, again }));
