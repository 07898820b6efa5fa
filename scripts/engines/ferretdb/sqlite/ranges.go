// Package sqlite: this file is put into FerretDB's package of that name before it is built (see ../../ferretdb.ts).
package sqlite

import (
	"fmt"
	"strings"

	"github.com/FerretDB/FerretDB/internal/backends/sqlite/metadata"
	"github.com/FerretDB/FerretDB/internal/handler/sjson"
	"github.com/FerretDB/FerretDB/internal/types"
	"github.com/FerretDB/FerretDB/internal/util/must"
)

// Fields that Parley's large collections are asked by. None of them ever holds an array, so that what is equal to a text is that text.
var (
	asked    = map[string]bool{"stream": true, "list": true}
	numbered = map[string]bool{"seq": true, "to": true, "thread": true}
	bounds   = map[string]string{"$gt": ">", "$gte": ">=", "$lt": "<", "$lte": "<="}
)

// narrowed tells SQLite what of a filter it can answer from an index. FerretDB goes through what comes back with the whole
// filter, as through the whole collection otherwise: here may be too little, never too much.
func narrowed(filter *types.Document) (string, []any) {
	var conditions []string
	var args []any

	for _, field := range filter.Keys() {
		value := must.NotFail(filter.Get(field))

		if field == "_id" {
			if ids := idsOf(value); len(ids) > 0 {
				conditions = append(conditions, metadata.IDColumn+" IN (?"+strings.Repeat(", ?", len(ids)-1)+")")
				args = append(args, ids...)
			}

			continue
		}

		column := fmt.Sprintf("%s->>'$.%s'", metadata.DefaultColumn, field)

		switch value := value.(type) {
		case string:
			if asked[field] {
				conditions = append(conditions, column+" = ?")
				args = append(args, value)
			}
		case int32, int64, float64:
			if numbered[field] {
				conditions = append(conditions, column+" = ?")
				args = append(args, value)
			}
		case *types.Document:
			if !numbered[field] {
				continue
			}

			for _, operator := range value.Keys() {
				if bound, ok := numberOf(must.NotFail(value.Get(operator))); ok && bounds[operator] != "" {
					conditions = append(conditions, fmt.Sprintf("%s %s ?", column, bounds[operator]))
					args = append(args, bound)
				}
			}
		}
	}

	if len(conditions) == 0 {
		return "", nil
	}

	return " WHERE " + strings.Join(conditions, " AND "), args
}

// More ids than this are not worth a look-up each.
const maxIDs = 500

func idsOf(value any) []any {
	switch value := value.(type) {
	case string:
		return []any{string(must.NotFail(sjson.MarshalSingleValue(value)))}
	case *types.Document:
		list, _ := value.Get("$in")
		in, ok := list.(*types.Array)

		if !ok || value.Len() != 1 || in.Len() > maxIDs {
			return nil
		}

		var ids []any

		for i := range in.Len() {
			id, ok := must.NotFail(in.Get(i)).(string)
			if !ok {
				return nil
			}

			ids = append(ids, string(must.NotFail(sjson.MarshalSingleValue(id))))
		}

		return ids
	}

	return nil
}

func numberOf(value any) (any, bool) {
	switch value.(type) {
	case int32, int64, float64:
		return value, true
	}

	return nil, false
}
