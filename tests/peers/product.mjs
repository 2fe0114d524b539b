// What the scripts beside this one ask of the product itself.

/** A function that calls the API at `base` as the user of `token`, and throws unless the answer is a success. */
export function productAt(base, token) {
  return async function call(method, path, body) {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const response = await fetch(base + path, { method, headers, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
}
