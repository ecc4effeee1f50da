//! Graphics cards and their drivers: NVIDIA's and AMD's words. What a kernel of our own does wrong is not here.

use super::super::rule::Rule;

pub const RULES: &[Rule] = &[
    // CUDA Runtime API `cudaError_t` texts: 100 no device, 35 driver too old, 46 unavailable, 802 not yet initialised,
    // 803 driver and display driver differ; NVML error strings; AMD `rocminfo`, HIP `hipErrorNoDevice`.
    Rule::environment(
        "gpu.unavailable",
        &[
            "no cuda-capable device",
            "no cuda gpus are available",
            "cuda driver version is insufficient",
            "nvidia-smi has failed",
            "failed to initialize nvml",
            "driver/library version mismatch",
            "all cuda-capable devices are busy",
            "found no nvidia driver",
            "could not select device driver",
            "no hip gpus are available",
            "no rocm-capable device",
            "system not yet initialized",
            "unable to determine the device handle",
            "libcuda.so",
            "couldn't communicate with the nvidia driver",
            "forward compatibility was attempted",
            "rocm_smi",
            "gpu access blocked",
            "no xpu devices",
        ],
        r"no CUDA-capable device is detected|no (CUDA|HIP|XPU) (GPUs|devices) are available|CUDA driver version is insufficient|NVIDIA-SMI has failed|failed to initialize NVML|driver/library version mismatch|CUDA-capable devices are busy|found no NVIDIA driver|could not select device driver|no ROCm-capable device|system not yet initialized|unable to determine the device handle|libcuda\.so\S*: cannot open|couldn't communicate with the NVIDIA driver|forward compatibility was attempted|GPU access blocked",
        0.88,
        "the machine's graphics card or its driver cannot be used",
    )
    .its_message(),
    // NVIDIA "Xid Errors": 48 and 63 (ECC), 79 (fallen off the bus); cudaErrorECCUncorrectable.
    Rule::environment(
        "gpu.hardware",
        &["fallen off the bus", "uncorrectable ecc", "nvrm: xid", "gpu is lost", "gpu has fallen", "nvlink error", "hardware stack error"],
        r"fallen off the bus|uncorrectable ECC|NVRM: Xid|GPU is lost|uncorrectable NVLink error|hardware exception by GPU node",
        0.9,
        "the graphics card is broken",
    )
    .its_message(),
    // PyTorch c10 `OutOfMemoryError`, cudaErrorMemoryAllocation: the card is shared or small, or the code wants too much.
    Rule::environment(
        "gpu.memory",
        &["cuda out of memory", "hip out of memory", "xpu out of memory", "cuda error: out of memory", "cuda_error_out_of_memory"],
        r"(CUDA|HIP|XPU) out of memory|CUDA error: out of memory|CUDA_ERROR_OUT_OF_MEMORY",
        0.65,
        "the graphics card ran out of memory",
    ),
];
