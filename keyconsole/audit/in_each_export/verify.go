// Checks this folder with golang.org/x/mod's own code for notes and transparency logs.
//
//	go run verify.go FOLDER KEYFILE
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type folder struct{ path string }

func (f folder) Height() int                                 { return 8 }
func (f folder) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		// tile/8/LEVEL/N as that library calls them is tile/LEVEL/N as C2SP does.
		path := "tile/" + strings.TrimPrefix(tile.Path(), "tile/8/")
		data, err := os.ReadFile(filepath.Join(f.path, path))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func check(err error) {
	if err != nil {
		fmt.Println("BROKEN:", err)
		os.Exit(1)
	}
}

func read(parts ...string) []byte {
	data, err := os.ReadFile(filepath.Join(parts...))
	check(err)
	return data
}

func entryPath(n, width int64) string {
	tile := tlog.Tile{H: 8, L: 0, N: n, W: int(width)}
	return "tile/entries/" + strings.TrimPrefix(tile.Path(), "tile/8/0/")
}

func main() {
	path := os.Args[1]
	verifier, err := note.NewVerifier(strings.TrimSpace(string(read(os.Args[2]))))
	check(err)
	signed, err := note.Open(read(path, "checkpoint"), note.VerifierList(verifier))
	check(err)
	lines := strings.Split(signed.Text, "\n")
	var size int64
	_, err = fmt.Sscanf(lines[1], "%d", &size)
	check(err)
	raw, err := base64.StdEncoding.DecodeString(lines[2])
	check(err)
	var root tlog.Hash
	copy(root[:], raw)
	hashes := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, folder{path})
	for number := int64(0); number < size; {
		width := size - number
		if width > 256 {
			width = 256
		}
		data := read(path, entryPath(number/256, width))
		for end := number + width; number < end; number++ {
			length := int(binary.BigEndian.Uint16(data))
			stored, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, number)})
			check(err)
			if tlog.RecordHash(data[2:2+length]) != stored[0] {
				check(fmt.Errorf("entry %d was changed", number+1))
			}
			data = data[2+length:]
		}
	}
	fmt.Printf("intact: %d entries of %s\n", size, lines[0])
}
