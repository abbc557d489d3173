export * from "@postern/core/contract";
