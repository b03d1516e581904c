// Package deploy checks what Bellhop is deployed by, without a cluster: the manifests are rendered and read as Kubernetes would, the images are
// built and run, the Tiltfile is evaluated. It refuses to look at texts: what counts is what comes out of them.
package deploy
