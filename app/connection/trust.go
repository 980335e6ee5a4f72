package connection

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"glpikeys/keys"
)

// TLSConfig decides which certificate of host, a name or an address without a
// port, is good enough to send secrets to. It is meant for
// http.Transport.TLSClientConfig, with ServerName left empty.
//
// Without a pin the system's authorities decide, as usual. With a pin
// (keys.Certificate.Pin, what a person chose to trust) the public key decides
// alone: a certificate with that key is accepted even when it has expired,
// bears another name or has been renewed, and one with another key is refused
// even when an authority signed it, because an authority that did not matter
// when the person compared the key must not be able to replace it.
//
// A refusal ends the handshake, before any byte of a request, with a
// *keys.CertificateError; its Err is the x509 package's reason, nil when the
// system would have trusted the changed certificate. The pin counts for host
// only: a secured proxy on the way is judged by the system's authorities.
func TLSConfig(host, pin string) *tls.Config {
	return trust{host: host, pin: pin}.config()
}

type trust struct {
	host  string
	pin   string
	roots *x509.CertPool // nil: the system's
}

// config switches the standard verification off, since it knows no second
// opinion, and puts accept in its place. Unlike VerifyPeerCertificate,
// VerifyConnection also runs when a session is resumed.
func (t trust) config() *tls.Config {
	return &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true,
		VerifyConnection:   t.accept,
	}
}

func (t trust) accept(state tls.ConnectionState) error {
	if len(state.PeerCertificates) == 0 {
		return errors.New("the server sent no certificate")
	}
	// crypto/tls gives the name that was sent to the server, and none is sent
	// to an address.
	host := asciiHost(t.host)
	name := state.ServerName
	if name == "" {
		name = host
	}
	pin := t.pin
	if !strings.EqualFold(name, host) { // the proxy's handshake
		pin = ""
	}
	return t.judge(state.PeerCertificates, name, pin)
}

// judge looks at the leaf, chain's first, of a server called name.
func (t trust) judge(chain []*x509.Certificate, name, pin string) error {
	leaf := chain[0]
	if pin != "" && pinOf(leaf) == pin {
		return nil
	}
	intermediates := x509.NewCertPool()
	for _, c := range chain[1:] {
		intermediates.AddCert(c)
	}
	_, err := leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: t.roots, Intermediates: intermediates})
	if err == nil && pin == "" {
		return nil
	}
	return &keys.CertificateError{Certificate: describe(leaf), Changed: pin != "", Err: err}
}

// asciiHost is host as it stands in certificates and on the wire: without the
// dot of an absolute name, and names in other scripts in their ASCII form.
func asciiHost(host string) string {
	host = strings.TrimSuffix(host, ".")
	if strings.IndexFunc(host, func(r rune) bool { return r > unicode.MaxASCII }) < 0 {
		return host
	}
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		return ascii
	}
	return host
}

// pinOf is the SHA-256 of the certificate's public key, base64.
func pinOf(c *x509.Certificate) string {
	sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// describe is what a person compares with what the server's administrator
// says.
func describe(c *x509.Certificate) keys.Certificate {
	names := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	sum := sha256.Sum256(c.Raw)
	var hex strings.Builder
	for i, b := range sum {
		if i > 0 {
			hex.WriteByte(':')
		}
		fmt.Fprintf(&hex, "%02X", b)
	}
	return keys.Certificate{
		Subject:   c.Subject.String(),
		Issuer:    c.Issuer.String(),
		Names:     names,
		NotBefore: c.NotBefore,
		NotAfter:  c.NotAfter,
		SHA256:    hex.String(),
		Pin:       pinOf(c),
	}
}
