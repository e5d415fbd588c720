//go:build tools

// Keeps what toxiproxy-cli needs in go.mod: a test builds and runs it.
package goclient

import _ "github.com/Shopify/toxiproxy/v2/cmd/cli"
