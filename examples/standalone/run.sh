#!/bin/sh
# The server from this repository's sources. Where the package is installed, `postern` itself does (script start:installed).
cd "$(dirname "$0")" || exit 1
export POSTERN_CONFIG="${POSTERN_CONFIG:-postern.json}"
exec node --conditions=postern-source ../../packages/server-hono/src/standalone/main.ts "$@"
