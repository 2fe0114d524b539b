use super::*;

fn host() -> HostJson {
    super::super::testing::host_json()
}

fn parse_named(name: &str, bindings: &str) -> Result<Trigger, String> {
    let settings = Settings::of(&[
        ("ServiceBus", "Endpoint=x"),
        ("JOB_QUEUE", "Generation-Free"),
        ("CRON", "0 0 * * * *"),
    ]);
    parse(name, &format!("{{\"bindings\":[{bindings}]}}"), &host(), &settings)
}

fn parse_bindings(bindings: &str) -> Result<Trigger, String> {
    parse_named("run_job", bindings)
}

const QUEUE: &str = r#"{"type":"serviceBusTrigger","direction":"in","name":"message","queueName":"%JOB_QUEUE%","connection":"ServiceBus","dataType":"binary"}"#;

#[test]
fn an_http_function_gets_prefix_route_methods_and_level() {
    let bindings = r#"{"type":"httpTrigger","direction":"in","name":"req","authLevel":"anonymous","methods":["get","delete"],"route":"jobs/{id:guid}"},
        {"type":"http","direction":"out","name":"res"}"#;
    let Ok(Trigger::Http(http)) = parse_bindings(bindings) else { panic!("it is good") };
    assert!(http.template.matches("/api/jobs/3f0b2f6c-0000-4000-8000-0123456789ab"));
    assert_eq!(http.methods, Some(vec![Method::GET, Method::DELETE]));
    assert_eq!(http.authorization, Authorization::Anonymous);
}

#[test]
fn without_a_route_the_name_is_the_route_and_a_key_is_asked_for() {
    let bindings =
        r#"{"type":"httpTrigger","name":"req"},{"type":"http","direction":"out","name":"$return"}"#;
    let Ok(Trigger::Http(http)) = parse_bindings(bindings) else { panic!("it is good") };
    assert!(http.template.matches("/api/run_job"));
    assert_eq!((http.methods, http.authorization), (None, Authorization::Key));
}

#[test]
fn a_queue_function_gets_its_setting_resolved() {
    let Ok(Trigger::Queue(queue)) = parse_bindings(QUEUE) else { panic!("it is good") };
    assert_eq!((queue.queue.as_str(), queue.binding.as_str()), ("generation-free", "message"));
    assert_eq!(queue.data, DataType::Binary);
}

#[test]
fn a_timer_function_is_monitored_by_default() {
    let Ok(Trigger::Timer(timer)) = parse_bindings(
        r#"{"type":"timerTrigger","direction":"in","name":"timer","schedule":"%CRON%"}"#,
    ) else {
        panic!("it is good")
    };
    assert!(timer.use_monitor && !timer.run_on_startup);
}

#[test]
fn a_bad_function_json_says_what_is_wrong() {
    for (bindings, word) in [
        ("", "exactly one trigger"),
        (&format!("{QUEUE},{QUEUE}"), "exactly one trigger"),
        (&QUEUE.replace("%JOB_QUEUE%", "%NOWHERE%"), "NOWHERE"),
        (&QUEUE.replace("\"ServiceBus\"", "\"Other\""), "Other"),
        (&QUEUE.replace("binary", "stream"), "stream"),
        (&QUEUE.replace("\"message\"", "\"a message\""), "identifier"),
        (&QUEUE.replace("\"in\"", "\"out\""), "direction"),
        (r#"{"type":"httpTrigger","name":"req"}"#, "http output"),
        (r#"{"type":"blobTrigger","name":"b"}"#, "blobtrigger"),
        (r#"{"type":"timerTrigger","name":"t","schedule":"hourly"}"#, "hourly"),
        ("nonsense", "not understood"),
    ] {
        let error = parse_bindings(bindings).expect_err(bindings);
        assert!(error.contains(word), "{error}");
    }
}

#[test]
fn names_that_the_host_refuses_are_refused() {
    for name in ["1st", "host", "Host", "with space", "-x", &"a".repeat(129)] {
        assert!(parse_named(name, QUEUE).is_err(), "{name}");
    }
    assert!(parse_named("A-b_9", QUEUE).is_ok());
}

#[test]
fn only_direct_children_are_functions_and_a_bad_one_leaves_the_others() {
    let package = super::super::testing::folder();
    for (folder, text) in [
        ("good", format!("{{\"bindings\":[{QUEUE}]}}")),
        ("bad", "{".to_owned()),
        ("nested/inner", format!("{{\"bindings\":[{QUEUE}]}}")),
    ] {
        let folder = package.path().join(folder);
        std::fs::create_dir_all(&folder).expect("the temporary folder is writable");
        std::fs::write(folder.join("function.json"), text)
            .expect("the temporary folder is writable");
    }
    let settings = Settings::of(&[("ServiceBus", "x"), ("JOB_QUEUE", "q")]);
    let (functions, broken) =
        load(package.path(), &host(), &settings).expect("the folder is readable");
    assert_eq!(
        functions.iter().map(|function| function.name.as_str()).collect::<Vec<_>>(),
        ["good"]
    );
    assert_eq!(broken.iter().map(|broken| broken.name.as_str()).collect::<Vec<_>>(), ["bad"]);
}
