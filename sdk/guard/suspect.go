package guard

import (
	"net/netip"
	"strings"
)

// Suspicion is one reason to take a visitor for a program.
type Suspicion string

// Suspicions, by PocketPing's names.
const (
	// SuspectDatacenter: the address belongs to a data centre, where nobody browses.
	SuspectDatacenter Suspicion = "datacenter_ip"
	// SuspectHosting: the address's network belongs to a hosting company.
	SuspectHosting Suspicion = "hosting_asn"
	// SuspectHeadless: the browser is run by a program.
	SuspectHeadless Suspicion = "headless_ua"
)

// Suspect tells what makes a visitor look like a program; nothing for most people. network is the name of the address's autonomous
// system, such as "Hetzner Online GmbH", empty where it is not known.
func Suspect(ip netip.Addr, userAgent, network string) []Suspicion {
	var found []Suspicion
	if datacenters.Find(ip) != "" {
		found = append(found, SuspectDatacenter)
	}
	if network != "" && find(strings.ToLower(network), hosters) != "" {
		found = append(found, SuspectHosting)
	}
	if find(lowered(userAgent), headless) != "" {
		found = append(found, SuspectHeadless)
	}
	return found
}

var headless = []string{
	"headlesschrome", "phantomjs", "electron", "puppeteer", "playwright", "selenium", "webdriver", "python-requests", "curl/", "wget/",
	"go-http-client", "node-fetch", "axios/", "java/", "okhttp",
}

// hosters leaves out google, amazon, microsoft and cloudflare on purpose: people reach the net through those.
var hosters = []string{
	"digitalocean", "ovh", "hetzner", "linode", "scaleway", "vultr", "leaseweb", "contabo", "datacamp", "m247", "choopa", "datacenter",
	"data center", "hosting",
}

var datacenters = networks(
	// Google Cloud
	"34.0.0.0/9", "34.128.0.0/10", "35.184.0.0/13", "35.192.0.0/14", "35.196.0.0/15", "35.198.0.0/16", "35.200.0.0/13", "35.208.0.0/12",
	"35.224.0.0/12", "35.240.0.0/13", "104.196.0.0/14", "104.154.0.0/15", "130.211.0.0/16", "146.148.0.0/17",
	// Amazon
	"3.0.0.0/9", "13.32.0.0/15", "15.177.0.0/18", "18.32.0.0/11", "52.0.0.0/11", "54.64.0.0/11", "99.77.0.0/18",
	// Microsoft Azure
	"13.64.0.0/11", "20.0.0.0/11", "40.64.0.0/10", "52.224.0.0/11", "104.40.0.0/13",
	// DigitalOcean
	"104.131.0.0/16", "138.197.0.0/16", "142.93.0.0/16", "159.65.0.0/16", "165.227.0.0/16", "167.71.0.0/16", "167.99.0.0/16",
	"178.62.0.0/16", "188.166.0.0/16",
	// OVH
	"51.68.0.0/14", "51.75.0.0/16", "51.81.0.0/16", "54.36.0.0/16", "145.239.0.0/16", "147.135.0.0/16", "198.27.64.0/18",
	// Hetzner
	"5.9.0.0/16", "78.46.0.0/15", "88.99.0.0/16", "94.130.0.0/16", "116.202.0.0/15", "135.181.0.0/16", "136.243.0.0/16", "142.132.0.0/16",
	"157.90.0.0/16", "159.69.0.0/16", "167.235.0.0/16", "168.119.0.0/16", "188.40.0.0/16",
	// Linode
	"45.33.0.0/16", "45.56.0.0/16", "45.79.0.0/16", "139.144.0.0/16", "172.104.0.0/15", "173.255.192.0/18",
	// Scaleway
	"51.15.0.0/16", "51.158.0.0/15", "163.172.0.0/16", "195.154.0.0/16", "212.83.128.0/19",
	// Amazon, OVH, Hetzner, DigitalOcean, Google
	"2600:1f00::/24", "2a05:d000::/24", "2001:41d0::/32", "2a01:4f8::/29", "2604:a880::/32",
	"2a03:b0c0::/32", "2607:f8b0::/32", "2a00:1450::/32",
)

// networks is NewNetworks of what is written here.
func networks(entries ...string) *Networks {
	set, err := NewNetworks(entries...)
	if err != nil {
		panic(err)
	}
	return set
}
