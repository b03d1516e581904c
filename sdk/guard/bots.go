package guard

import "slices"

// DefaultBots are the words by which PocketPing's filter knows programs, in lower case, by kind.
func DefaultBots() []string { return slices.Clone(defaultBots) }

var defaultBots = slices.Concat(
	[]string{"googlebot", "bingbot", "slurp", "duckduckbot", "baiduspider", "yandexbot", "sogou", "exabot", "facebot", "ia_archiver"},                                   // search engines
	[]string{"semrushbot", "ahrefsbot", "mj12bot", "dotbot", "rogerbot", "screaming frog", "seokicks", "sistrix", "linkdexbot", "blexbot"},                              // search optimizers
	[]string{"bot/", "crawler", "spider", "scraper", "headless", "phantomjs", "selenium", "puppeteer", "playwright", "webdriver"},                                       // generic
	[]string{"pingdom", "uptimerobot", "statuscake", "site24x7", "newrelic", "datadog", "gtmetrix", "pagespeed"},                                                        // monitoring
	[]string{"twitterbot", "linkedinbot", "pinterestbot", "telegrambot", "whatsapp", "slackbot", "discordbot", "applebot"},                                              // social networks
	[]string{"gptbot", "chatgpt-user", "anthropic-ai", "claude-web", "perplexitybot", "ccbot", "bytespider", "cohere-ai"},                                               // trainers of models
	[]string{"curl/", "wget/", "httpie/", "python-requests", "python-urllib", "axios/", "node-fetch", "go-http-client", "java/", "okhttp", "libwww-perl", "httpclient"}, // libraries
	[]string{"archive.org_bot", "wayback", "commoncrawl"},                                                                                                               // archives
	[]string{"nmap", "nikto", "sqlmap", "masscan", "zgrab"},                                                                                                             // scanners
)
