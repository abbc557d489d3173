import { createGateway } from "@postern/core";

if (typeof createGateway !== "function") throw new Error("createGateway is not a function");
