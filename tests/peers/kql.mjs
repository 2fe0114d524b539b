// Microsoft's own parser of the query language (KQL), on the tables of Application Insights: reads a JSON array of
// queries, prints one of what is wrong with each.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
require("@kusto/language-service-next/bridge.min.js");
require("@kusto/language-service-next/Kusto.Language.Bridge.min.js");
const { GlobalState, KustoCode, Symbols } = globalThis.Kusto.Language;

const common =
  "timestamp:datetime,itemType:string,customDimensions:dynamic,customMeasurements:dynamic," +
  "operation_Name:string,operation_Id:string,operation_ParentId:string,cloud_RoleName:string,cloud_RoleInstance:string";
const call = "id:string,name:string,success:string,resultCode:string,duration:real";
const tables = {
  requests: `${call},url:string`,
  dependencies: `${call},target:string,type:string,data:string`,
  traces: "message:string,severityLevel:int",
  customMetrics: "name:string,value:real,valueCount:int,valueSum:real,valueMin:real,valueMax:real",
};
const symbols = Object.entries(tables).map(([name, columns]) =>
  Symbols.TableSymbol.From(`(${common},${columns})`).WithName(name),
);
const globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.$ctor1("insights", symbols, false));

let text = "";
for await (const chunk of process.stdin) text += chunk;
const faults = JSON.parse(text).map((query) => {
  const found = KustoCode.ParseAndAnalyze(query, globals).GetDiagnostics();
  return Array.from({ length: found.Count }, (_, i) => found.getItem(i).Message);
});
console.log(JSON.stringify(faults));
