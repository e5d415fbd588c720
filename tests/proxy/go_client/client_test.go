// Toxiproxy's own Go client, unchanged, against the server whose address is in GAMEDAY_PROXY_URL.
package goclient

import (
	"bufio"
	"net"
	"os"
	"testing"

	toxiproxy "github.com/Shopify/toxiproxy/v2/client"
)

func client(t *testing.T) *toxiproxy.Client {
	t.Helper()
	url := os.Getenv("GAMEDAY_PROXY_URL")
	if url == "" {
		t.Fatal("GAMEDAY_PROXY_URL is not set")
	}
	return toxiproxy.NewClient(url)
}

func fine(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// echo serves one line back to each who connects.
func echo(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	fine(t, err)
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			line, _ := bufio.NewReader(conn).ReadString('\n')
			conn.Write([]byte(line))
			conn.Close()
		}
	}()
	return listener.Addr().String()
}

func ask(t *testing.T, address string) (string, error) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	conn.Write([]byte("hello\n"))
	return bufio.NewReader(conn).ReadString('\n')
}

func TestAProxyFromBirthToEnd(t *testing.T) {
	c := client(t)
	proxy, err := c.CreateProxy("go", "127.0.0.1:0", echo(t))
	fine(t, err)
	if line, err := ask(t, proxy.Listen); err != nil || line != "hello\n" {
		t.Fatalf("got %q, %v", line, err)
	}
	fine(t, proxy.Disable())
	if _, err := ask(t, proxy.Listen); err == nil {
		t.Fatal("a disabled proxy answered")
	}
	fine(t, proxy.Enable())
	if line, err := ask(t, proxy.Listen); err != nil || line != "hello\n" {
		t.Fatalf("enabled again: got %q, %v", line, err)
	}
	proxy.Upstream = echo(t)
	fine(t, proxy.Save())
	all, err := c.Proxies()
	fine(t, err)
	if all["go"].Upstream != proxy.Upstream || !all["go"].Enabled {
		t.Fatalf("shown: %+v", all["go"])
	}
	fine(t, proxy.Delete())
	if _, err := c.Proxy("go"); err == nil || err.Error() != "Proxy: HTTP 404: proxy not found" {
		t.Fatalf("after the end: %v", err)
	}
}

func TestEveryToxic(t *testing.T) {
	c := client(t)
	proxy, err := c.CreateProxy("toxics", "127.0.0.1:0", echo(t))
	fine(t, err)
	defer proxy.Delete()
	kinds := map[string]toxiproxy.Attributes{
		"latency":    {"latency": 5, "jitter": 1},
		"bandwidth":  {"rate": 1000},
		"slow_close": {"delay": 5},
		"timeout":    {"timeout": 5},
		"reset_peer": {"timeout": 5},
		"slicer":     {"average_size": 8, "size_variation": 2, "delay": 5},
		"limit_data": {"bytes": 5},
		"noop":       {},
	}
	for kind, attributes := range kinds {
		for _, stream := range []string{"upstream", "downstream"} {
			toxic, err := proxy.AddToxic("", kind, stream, 0.5, attributes)
			fine(t, err)
			if toxic.Name != kind+"_"+stream || toxic.Toxicity != 0.5 || len(toxic.Attributes) != len(attributes) {
				t.Fatalf("%s: %+v", kind, toxic)
			}
			_, err = proxy.UpdateToxic(toxic.Name, 1, attributes)
			fine(t, err)
		}
	}
	toxics, err := proxy.Toxics()
	fine(t, err)
	if len(toxics) != 2*len(kinds) || toxics[0].Stream != "upstream" || toxics[0].Toxicity != 1 {
		t.Fatalf("shown: %+v", toxics)
	}
	fine(t, proxy.RemoveToxic("latency_upstream"))
	if _, err := proxy.AddToxic("", "loss", "upstream", 1, nil); err == nil || err.Error() != "AddToxic: HTTP 400: invalid toxic type" {
		t.Fatalf("a type that is none: %v", err)
	}
	fine(t, c.ResetState())
	toxics, err = proxy.Toxics()
	fine(t, err)
	if len(toxics) != 0 {
		t.Fatalf("after a reset: %+v", toxics)
	}
}

func TestPopulate(t *testing.T) {
	c := client(t)
	wanted := []toxiproxy.Proxy{
		{Name: "one", Listen: "127.0.0.1:0", Upstream: echo(t), Enabled: true},
		{Name: "two", Listen: "127.0.0.1:0", Upstream: echo(t), Enabled: true},
	}
	for range [2]int{} {
		proxies, err := c.Populate(wanted)
		fine(t, err)
		if len(proxies) != 2 {
			t.Fatalf("made: %+v", proxies)
		}
	}
	_, err := c.Populate([]toxiproxy.Proxy{{Name: "bad", Listen: "nonsense", Upstream: "x:1", Enabled: true}})
	if err == nil {
		t.Fatal("a bad address was taken")
	}
	for _, proxy := range wanted {
		made, err := c.Proxy(proxy.Name)
		fine(t, err)
		fine(t, made.Delete())
	}
}
