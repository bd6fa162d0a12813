// Go >=1.19 and its standard library: net/http, encoding/json into a struct, time.Time as it unmarshals.
package main

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

type ExportRequest struct {
	StartDate          time.Time `json:"startDate"`
	EndDate            time.Time `json:"endDate"`
	ExportType         string    `json:"exportType"`
	Format             string    `json:"format"`
	LearningActivityID *float64  `json:"learningActivityId"`
}

type job struct {
	request ExportRequest
	created time.Time
	file    string
}

var columns = map[string][]string{
	"ELEARNING_ENROLLMENTS": {"User ID", "Registration Date", "Program Completion Date", "Product ID", "Program Name"},
	"LEARNING_ACTIVITIES": {"User ID", "Product ID", "Program Name", "Learning Activity ID", "Learning Activity Name",
		"Learning Activity Date", "Timespent", "Status", "Score"},
	"NETWORKS": {"Network ID", "Network Name"},
	"USERS": {"User ID", "Firstname", "Middlename", "Lastname", "Network ID", "Network Name", "Grouping",
		"Account Creation Date"},
	"LEARNING_ACTIVITY_INTERACTIONS": {"User ID", "Learning Activity ID", "Interaction", "Interaction Date"},
}

var (
	mutex sync.Mutex
	jobs  = map[string]*job{}
)

func (request ExportRequest) problem() string {
	switch {
	case request.StartDate.IsZero():
		return "startDate is required"
	case request.EndDate.IsZero():
		return "endDate is required"
	case columns[request.ExportType] == nil:
		return "exportType is unknown"
	case request.Format != "CSV" && request.Format != "JSONL":
		return "format is unknown"
	case request.StartDate.After(request.EndDate):
		return "startDate is after endDate"
	}
	if request.ExportType == "LEARNING_ACTIVITY_INTERACTIONS" {
		if request.Format != "JSONL" {
			return "only JSONL is supported"
		}
		if request.LearningActivityID == nil {
			return "learningActivityId is required"
		}
	}
	return ""
}

func authorized(header string) bool {
	scheme, rest, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "bln") {
		return false
	}
	parts := map[string]string{}
	for _, part := range strings.Split(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		parts[name] = value
	}
	return parts["key"] == os.Getenv("API_KEY") && parts["token"] == os.Getenv("API_TOKEN") &&
		parts["secret"] == os.Getenv("API_SECRET")
}

func reply(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(value)
}

func exports(w http.ResponseWriter, r *http.Request) {
	if !authorized(r.Header.Get("Authorization")) {
		http.Error(w, "unauthorized", http.StatusUnauthorized)
		return
	}
	switch r.Method {
	case http.MethodPost:
		create(w, r)
	case http.MethodGet:
		status(w, r)
	default:
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	}
}

func create(w http.ResponseWriter, r *http.Request) {
	var request ExportRequest
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if problem := request.problem(); problem != "" {
		http.Error(w, problem, http.StatusBadRequest)
		return
	}
	random := make([]byte, 16)
	rand.Read(random)
	id := base64.StdEncoding.EncodeToString(random)
	mutex.Lock()
	jobs[id] = &job{request, time.Now(), fmt.Sprintf("%x", random)}
	mutex.Unlock()
	reply(w, http.StatusCreated, map[string]any{"job": map[string]any{"id": id}})
}

func status(w http.ResponseWriter, r *http.Request) {
	mutex.Lock()
	defer mutex.Unlock()
	id := r.URL.Query().Get("id")
	found := jobs[id]
	if found == nil {
		http.NotFound(w, r)
		return
	}
	body := map[string]any{"id": id, "status": "PENDING"}
	if time.Since(found.created) > 300*time.Millisecond {
		body["status"] = "COMPLETED"
		body["exportData"] = map[string]any{
			"downloadUrl":       "http://" + r.Host + "/files/" + found.file,
			"downloadExpiresAt": time.Now().UTC().Add(time.Hour),
		}
	}
	reply(w, http.StatusOK, map[string]any{"job": body, "errors": []any{}})
}

func file(w http.ResponseWriter, r *http.Request) {
	mutex.Lock()
	defer mutex.Unlock()
	for _, one := range jobs {
		if "/files/"+one.file == r.URL.Path {
			write(w, one.request)
			return
		}
	}
	http.NotFound(w, r)
}

func write(w http.ResponseWriter, request ExportRequest) {
	names := columns[request.ExportType]
	table, lines := csv.NewWriter(w), json.NewEncoder(w)
	if request.Format == "CSV" {
		w.Header().Set("Content-Type", "text/csv")
		table.Write(names)
	} else {
		w.Header().Set("Content-Type", "application/jsonl")
	}
	for number := 0; number < 40; number++ {
		moment := time.Date(2012, 10, 1+23*number, 8, 30, 0, 0, time.UTC)
		if moment.Before(request.StartDate) || moment.After(request.EndDate) {
			continue
		}
		row, record := []string{}, map[string]string{}
		for _, name := range names {
			value := fmt.Sprintf("%s \"%d\", ä", name, number)
			if strings.HasSuffix(name, "Date") {
				value = moment.Format(time.RFC3339)
			} else if strings.HasSuffix(name, "ID") {
				value = fmt.Sprint(1000 + number)
			}
			row, record[name] = append(row, value), value
		}
		if request.Format == "CSV" {
			table.Write(row)
		} else {
			lines.Encode(record)
		}
	}
	table.Flush()
}

func main() {
	http.HandleFunc("/exports", exports)
	http.HandleFunc("/files/", file)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
