package deploy

import (
	"fmt"
	"maps"
	"slices"

	"go.starlark.net/starlark"
)

// toStarlark is a decoded YAML value as the Tiltfile sees it.
func toStarlark(value any) starlark.Value {
	switch v := value.(type) {
	case nil:
		return starlark.None
	case bool:
		return starlark.Bool(v)
	case float64:
		return starlark.MakeInt64(int64(v)) // there are no fractions in manifests
	case string:
		return starlark.String(v)
	case []any:
		list := make([]starlark.Value, len(v))
		for i := range v {
			list[i] = toStarlark(v[i])
		}
		return starlark.NewList(list)
	case map[string]any:
		dict := starlark.NewDict(len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			_ = dict.SetKey(starlark.String(key), toStarlark(v[key])) // a string is a key, and nothing is frozen
		}
		return dict
	}
	panic(fmt.Sprintf("a %T in YAML", value))
}

func fromStarlark(value starlark.Value) any {
	switch v := value.(type) {
	case starlark.NoneType:
		return nil
	case starlark.Bool:
		return bool(v)
	case starlark.Int:
		number, _ := v.Int64()
		return number
	case starlark.String:
		return string(v)
	case *starlark.List:
		list := make([]any, 0, v.Len())
		for element := range v.Elements() {
			list = append(list, fromStarlark(element))
		}
		return list
	case *starlark.Dict:
		object := map[string]any{}
		for key, element := range v.Entries() {
			object[string(key.(starlark.String))] = fromStarlark(element)
		}
		return object
	}
	panic(fmt.Sprintf("a %s in YAML", value.Type()))
}
