# Ruby >=3.0 with Sinatra >=3 on WEBrick: JSON.parse, Time.parse, halt where something is wrong.
require 'base64'
require 'csv'
require 'json'
require 'securerandom'
require 'sinatra'
require 'time'

set :bind, '127.0.0.1'
set :port, ENV.fetch('PORT').to_i
set :server, :webrick
set :environment, :production

COLUMNS = {
  'ELEARNING_ENROLLMENTS' => ['User ID', 'Registration Date', 'Program Completion Date', 'Product ID', 'Program Name'],
  'LEARNING_ACTIVITIES' => ['User ID', 'Product ID', 'Program Name', 'Learning Activity ID', 'Learning Activity Name',
                            'Learning Activity Date', 'Timespent', 'Status', 'Score'],
  'NETWORKS' => ['Network ID', 'Network Name'],
  'USERS' => ['User ID', 'Firstname', 'Middlename', 'Lastname', 'Network ID', 'Network Name', 'Grouping',
              'Account Creation Date'],
  'LEARNING_ACTIVITY_INTERACTIONS' => ['User ID', 'Learning Activity ID', 'Interaction', 'Interaction Date']
}.freeze
JOBS = {}

before do
  content_type :json
  next unless request.path == '/exports'

  scheme, rest = request.env['HTTP_AUTHORIZATION'].to_s.split(' ', 2)
  parts = rest.to_s.split(',').to_h { |part| [*part.strip.split('=', 2), nil].first(2) }
  right = %w[key token secret].all? { |name| parts[name] == ENV.fetch("API_#{name.upcase}") }
  halt 401, { error: 'unauthorized' }.to_json unless scheme.to_s.downcase == 'bln' && right
end

def refuse(message)
  halt 422, { error: message }.to_json
end

post '/exports' do
  begin
    body = JSON.parse(request.body.read)
    first, last = Time.parse(body.fetch('startDate')), Time.parse(body.fetch('endDate'))
  rescue JSON::ParserError, KeyError, ArgumentError => error
    refuse error.message
  end
  type, format = body.values_at('exportType', 'format')
  refuse 'exportType is unknown' unless COLUMNS.key?(type)
  refuse 'format is unknown' unless %w[CSV JSONL].include?(format)
  refuse 'endDate is before startDate' if last < first
  if type == 'LEARNING_ACTIVITY_INTERACTIONS'
    refuse 'only JSONL is supported' unless format == 'JSONL'
    refuse 'learningActivityId must be a number' unless body['learningActivityId'].is_a?(Numeric)
  end
  uuid = SecureRandom.uuid
  id = Base64.strict_encode64(uuid)
  JOBS[id] = { uuid: uuid, type: type, format: format, first: first, last: last, created: Time.now }
  status 201
  { job: { id: id } }.to_json
end

get '/exports' do
  job = JOBS[params['id']] or halt 404, { error: 'no such job' }.to_json
  done = Time.now > job[:created] + 0.3
  data = { downloadUrl: "#{request.base_url}/files/#{job[:uuid]}", downloadExpiresAt: (Time.now + 3600).utc.iso8601 }
  { job: { id: params['id'], status: done ? 'COMPLETED' : 'PENDING' }.merge(done ? { exportData: data } : {}), errors: [] }.to_json
end

get '/files/:uuid' do
  job = JOBS.values.find { |one| one[:uuid] == params['uuid'] } or halt 404
  columns = COLUMNS[job[:type]]
  moments = (0...40).map { |number| [number, Time.utc(2012, 10, 1, 8, 30) + number * 23 * 86_400] }
  rows = moments.select { |_, moment| moment.between?(job[:first], job[:last]) }.map do |number, moment|
    columns.map { |name| name.end_with?('Date') ? moment.iso8601 : name.end_with?('ID') ? 1000 + number : %(#{name} "#{number}", ä) }
  end
  content_type job[:format] == 'CSV' ? 'text/csv' : 'application/jsonl'
  job[:format] == 'CSV' ? CSV.generate { |csv| [columns, *rows].each { |row| csv << row } } : rows.map { |row| "#{columns.zip(row).to_h.to_json}\n" }.join
end
