// testcontainers' Toxiproxy module, unchanged, with the image that GAMEDAY_PROXY_IMAGE names in the place of Toxiproxy's.
package testcontainersmodule

import (
	"context"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/modules/toxiproxy"
)

// The upstream is the API itself, the only server in the container. It refuses whoever comes through one of its own
// proxies: that it answers shows that the proxy passes traffic.
const answered = http.StatusForbidden

func call(t *testing.T, method, url, body string) (int, error) {
	t.Helper()
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	response.Body.Close()
	return response.StatusCode, nil
}

func TestModuleRunsTheProxyAndDrivesItFromOutsideTheContainer(t *testing.T) {
	ctx := context.Background()
	container, err := toxiproxy.Run(ctx, os.Getenv("GAMEDAY_PROXY_IMAGE"), toxiproxy.WithProxy("self", "127.0.0.1:8474"))
	testcontainers.CleanupContainer(t, container)
	if err != nil {
		t.Fatal(err)
	}
	api, err := container.URI(ctx)
	if err != nil {
		t.Fatal(err)
	}
	host, port, err := container.ProxiedEndpoint(8666)
	if err != nil {
		t.Fatal(err)
	}
	through := "http://" + net.JoinHostPort(host, port) + "/version"
	if status, err := call(t, "GET", through, ""); status != answered || err != nil {
		t.Fatalf("through the proxy: %d, %v", status, err)
	}
	toxic := `{"name": "broken", "type": "reset_peer", "stream": "downstream"}`
	if status, err := call(t, "POST", api+"/proxies/self/toxics", toxic); status != 200 || err != nil {
		t.Fatalf("add a toxic: %d, %v", status, err)
	}
	if status, err := call(t, "GET", through, ""); err == nil {
		t.Fatalf("the toxic has no effect: %d", status)
	}
	if status, err := call(t, "DELETE", api+"/proxies/self/toxics/broken", ""); status != 204 || err != nil {
		t.Fatalf("remove the toxic: %d, %v", status, err)
	}
	if status, err := call(t, "GET", through, ""); status != answered || err != nil {
		t.Fatalf("through the proxy again: %d, %v", status, err)
	}
}
