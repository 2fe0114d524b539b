// Sends a picture to storage with the vendor's unmodified client, as a page would, starts a job from it, and tells what
// became of it as one line of JSON: {"etag", "again", "job"}; `again` is why the same link does not send twice.
//
// usage: node upload.mjs <url of the product> <access token> <file> <order as JSON, without inputs>

import { readFile } from "node:fs/promises";
import { BlockBlobClient } from "@azure/storage-blob";
import { productAt } from "./product.mjs";

const [base, token, file, order] = process.argv.slice(2);

const call = productAt(base, token);

const bytes = await readFile(file);
const offered = await call("POST", "/api/v1/uploads", { content_type: "image/jpeg", bytes: bytes.length });
const blob = new BlockBlobClient(offered.upload_url);
const options = { blobHTTPHeaders: { blobContentType: offered.headers["content-type"] } };
const { etag } = await blob.uploadData(bytes, options);
const again = await blob.uploadData(bytes, options).then(() => "sent twice", (error) => error.code);

const body = { ...JSON.parse(order), inputs: [{ upload_id: offered.id }] };
const job = await call("POST", "/api/v1/generations", body);
console.log(JSON.stringify({ etag, again, job }));
