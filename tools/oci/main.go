// Command oci does around ko what building images offline needs: a base image that is in no registry, and archives.
//
//	oci scratch CACHE          puts an empty base image for each platform into ko's cache and prints its reference
//	oci pack LAYOUT TAG DIR    writes each image of LAYOUT into DIR/<name>.tar, with its name and the tag in it
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "oci:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "scratch":
		ref, err := scratch(args[1])
		if err == nil {
			fmt.Fprintln(os.Stdout, ref)
		}
		return err
	case len(args) == 4 && args[0] == "pack":
		return pack(args[1], args[2], args[3])
	}
	return fmt.Errorf("usage: oci scratch CACHE | oci pack LAYOUT TAG DIR")
}
