package stream
import ("testing";"os";"runtime/pprof";"runtime";"github.com/bellhop-chat/bellhop/internal/bus/bustest";"fmt")
func TestZZ(t *testing.T) {
	runtime.MemProfileRate = 512
	p := newPlace(t)
	keys := make([]interface{ }, 0)
	_ = keys
	for range 200 { c := p.knock(p.visit()); c.Close() }
	bustest.Until(t, "g", func() bool { return p.Hub.Len() == 0 })
	var a, b runtime.MemStats
	runtime.GC(); runtime.GC(); runtime.ReadMemStats(&a)
	for range 2000 { p.knock(p.visit()) }
	bustest.Until(t, "l", func() bool { return p.liveNow() == 2000 })
	runtime.GC(); runtime.GC(); runtime.ReadMemStats(&b)
	fmt.Println("heapalloc", (b.HeapAlloc-a.HeapAlloc)/2000, "heapinuse", (int64(b.HeapInuse)-int64(a.HeapInuse))/2000, "stack", (int64(b.StackInuse)-int64(a.StackInuse))/2000)
	f, _ := os.Create("/tmp/heap.prof"); pprof.Lookup("heap").WriteTo(f, 0); f.Close()
}
